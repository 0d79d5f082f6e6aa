/**
 * GitHub as a Surety provider.
 *
 * @stability experimental
 * @since 0.1.0
 */
export * as Answers from "./Answers.ts"
export * as Comment from "./Comment.ts"
export * as ErrorAnswer from "./ErrorAnswer.ts"
export * as Failures from "./Failures.ts"
export { Github } from "./Github.ts"
export * as GitHubApp from "./GitHubApp.ts"
export * as GitHubAppKey from "./GitHubAppKey.ts"
export * as GithubContract from "./GithubContract.ts"
export * as Issue from "./Issue.ts"
export * as IssueSearch from "./IssueSearch.ts"
export * as LinkPage from "./LinkPage.ts"
export * as Marker from "./Marker.ts"
export * as Operations from "./Operations.ts"
export * as Policy from "./Policy.ts"
export * as RateHeaders from "./RateHeaders.ts"
export * as RateLimitStatus from "./RateLimitStatus.ts"
export * as User from "./User.ts"
