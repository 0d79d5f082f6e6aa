// A provider of one operation, and its call.
export * from "../../bench/cases/surety-bundle.ts"
