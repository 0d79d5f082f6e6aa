/**
 * Writes programs for the type checker: 100 endpoints with 10 failures of their own each, every one called and one of
 * its failures handled. Pure.
 */
import type { Dialect } from "./Dialect.ts"

const endpoints = 100
const failuresPerEndpoint = 10

/** The imports alone, to be subtracted: what a library costs before anything is written with it. */
export const importsOnly = ({ imports }: Dialect): string => {
  const names = [...imports.matchAll(/\* as (\w+)/g)].map(([, name]) => `typeof ${name}`)
  return `${imports}\nexport type Imported = [${names.join(", ")}]\n`
}

export const program = (dialect: Dialect): string => {
  const lines = [dialect.imports, dialect.prelude]
  const names = Array.from({ length: endpoints }, (_, index) => `op${index}`)
  const calls: Array<string> = []
  for (const name of names) {
    const failures = Array.from({ length: failuresPerEndpoint }, (_, index) => `${name.toUpperCase()}_${index}`)
    failures.forEach((failure, index) => lines.push(dialect.failure(failure, 400 + index)))
    lines.push(dialect.endpoint(name, failures))
    calls.push(dialect.call(name, failures[0]!))
  }
  lines.push(dialect.group(names), dialect.program(calls))
  return `${lines.join("\n")}\n`
}
