// The rules without HTTP, the engine or Schema.
export * from "../../bench/cases/surety-rules.ts"
