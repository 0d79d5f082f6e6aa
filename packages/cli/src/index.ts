/**
 * The `surety` command as values, for tools that run it or read its answers.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as Calendar from "./Calendar.ts"
export * as CheckFailed from "./CheckFailed.ts"
export * as CommandError from "./CommandError.ts"
export * as CommandLine from "./CommandLine.ts"
export * as Compiler from "./Compiler.ts"
export * as ContractCheck from "./ContractCheck.ts"
export * as ContractModule from "./ContractModule.ts"
export * as Drift from "./Drift.ts"
export * as ErrorText from "./ErrorText.ts"
export * as Finding from "./Finding.ts"
export * as GeneratedFile from "./GeneratedFile.ts"
export * as Generators from "./Generators.ts"
export * as OutputFolder from "./OutputFolder.ts"
export * as Program from "./Program.ts"
export * as Providers from "./Providers.ts"
export * as Report from "./Report.ts"
export * as TypeFinding from "./TypeFinding.ts"
