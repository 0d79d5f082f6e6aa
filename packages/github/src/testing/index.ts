/**
 * GitHub as a fake: its repositories in memory, what can go wrong inside it, and what was
 * written.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as FakeGithub from "./FakeGithub.ts"
export * as Mishap from "./Mishap.ts"
export * as RateWindow from "./RateWindow.ts"
export * as Rendering from "./Rendering.ts"
export * as Repository from "./Repository.ts"
