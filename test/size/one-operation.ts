// A provider of one operation over fetch, as an application would ship it.
export * from "../../bench/cases/surety-bundle.ts"
