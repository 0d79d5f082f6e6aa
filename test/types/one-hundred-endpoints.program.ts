// 100 endpoints with 10 failures of their own each, all called and handled: the program of `npm run bench -- types`.
import { surety } from "../../bench/cases/surety-types.ts"
import { program } from "../../bench/suite/TypesProgram.ts"

export default program(surety)
