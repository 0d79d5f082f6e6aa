/**
 * The JSON that GitHub sends for the records of a repository, complete as its description
 * demands and in the version that is asked for.
 *
 * @source https://docs.github.com/rest (2026-03-10)
 * @stability experimental
 * @since 0.1.0
 */
import type { Comment, Issue, Repository } from "./Repository.ts"

const api = "https://api.github.com"
const site = "https://github.com"

/**
 * @category conversions
 * @since 0.1.0
 */
export const user = (login: string): object => {
  const url = `${api}/users/${login}`
  return {
    login,
    id: 583_231,
    node_id: "MDQ6VXNlcjU4MzIzMQ==",
    avatar_url: `${site}/images/error/octocat_happy.gif`,
    gravatar_id: "",
    url,
    html_url: `${site}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: "User",
    site_admin: false
  }
}

/**
 * @category conversions
 * @since 0.1.0
 */
export const issue = (repository: Repository, record: Issue, login: string): object => {
  const url = `${api}/repos/${repository.owner}/${repository.name}/issues/${record.number}`
  return {
    id: record.id,
    node_id: `I_${record.id}`,
    url,
    repository_url: `${api}/repos/${repository.owner}/${repository.name}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${site}/${repository.owner}/${repository.name}/issues/${record.number}`,
    number: record.number,
    state: record.state,
    state_reason: record.state === "closed" ? "completed" : null,
    title: record.title,
    body: record.body,
    user: user(login),
    labels: record.labels.map((name, index) => ({
      id: index + 1,
      node_id: `LA_${index + 1}`,
      url: `${api}/repos/${repository.owner}/${repository.name}/labels/${encodeURIComponent(name)}`,
      name,
      description: null,
      color: "d73a4a",
      default: false
    })),
    assignees: record.assignees.map(user),
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: repository.comments.filter((comment) => comment.issue === record.number).length,
    author_association: "OWNER",
    closed_at: record.state === "closed" ? time(record.updatedMillis) : null,
    created_at: time(record.createdMillis),
    updated_at: time(record.updatedMillis)
  }
}

/**
 * @category conversions
 * @since 0.1.0
 */
export const comment = (repository: Repository, record: Comment, login: string): object => {
  const base = `${api}/repos/${repository.owner}/${repository.name}/issues`
  return {
    id: record.id,
    node_id: `IC_${record.id}`,
    url: `${base}/comments/${record.id}`,
    html_url: `${site}/${repository.owner}/${repository.name}/issues/${record.issue}#issuecomment-${record.id}`,
    issue_url: `${base}/${record.issue}`,
    body: record.body,
    user: user(login),
    author_association: "OWNER",
    created_at: time(record.createdMillis),
    updated_at: time(record.createdMillis)
  }
}

/**
 * A time as GitHub writes it: in whole seconds.
 *
 * @category conversions
 * @since 0.1.0
 */
export const time = (millis: number): string => new Date(millis).toISOString().replace(/\.\d{3}Z$/, "Z")
