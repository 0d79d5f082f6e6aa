/**
 * One repository's issues and comments, in memory, and what a test asks of them.
 *
 * It knows when each was written, so that a lagging replica or search index can be played.
 *
 * Neighbours: `FakeGithub` reads and writes it; `Rendering` turns its records into JSON.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface Issue {
  readonly id: number
  readonly number: number
  readonly title: string
  readonly body: string | null
  readonly labels: ReadonlyArray<string>
  readonly assignees: ReadonlyArray<string>
  readonly state: "open" | "closed"
  readonly createdMillis: number
  readonly updatedMillis: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Comment {
  readonly id: number
  readonly issue: number
  readonly body: string
  readonly createdMillis: number
}

/**
 * What opening an issue takes.
 *
 * @category models
 * @since 0.1.0
 */
export interface NewIssue {
  readonly title: string
  readonly body?: string | null
  readonly labels?: ReadonlyArray<string>
  readonly assignees?: ReadonlyArray<string>
}

/**
 * **Details**   Times are milliseconds since 1970. `issuesSeenAt` and `commentsSeenAt` are what a
 * replica shows that is up to date as of that time.
 *
 * @category models
 * @since 0.1.0
 */
export interface Repository {
  readonly owner: string
  readonly name: string
  readonly issues: ReadonlyArray<Issue>
  readonly comments: ReadonlyArray<Comment>
  readonly open: (issue: NewIssue, atMillis: number) => Issue
  readonly close: (number: number, atMillis: number) => void
  readonly comment: (issue: number, body: string, atMillis: number) => Comment
  readonly issuesSeenAt: (atMillis: number) => ReadonlyArray<Issue>
  readonly commentsSeenAt: (atMillis: number) => ReadonlyArray<Comment>
}

/**
 * An empty repository. `nextId` gives identifiers that no other repository has.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (owner: string, name: string, nextId: () => number): Repository => {
  const issues: Array<Issue> = []
  const comments: Array<Comment> = []
  return {
    owner,
    name,
    issues,
    comments,
    open: (issue, atMillis) => {
      const opened: Issue = {
        id: nextId(),
        number: issues.length + 1,
        title: issue.title,
        body: issue.body ?? null,
        labels: issue.labels ?? [],
        assignees: issue.assignees ?? [],
        state: "open",
        createdMillis: atMillis,
        updatedMillis: atMillis
      }
      issues.push(opened)
      return opened
    },
    close: (number, atMillis) => {
      const issue = issues[number - 1]
      if (issue !== undefined) issues[number - 1] = { ...issue, state: "closed", updatedMillis: atMillis }
    },
    comment: (issue, body, atMillis) => {
      const written: Comment = { id: nextId(), issue, body, createdMillis: atMillis }
      comments.push(written)
      return written
    },
    issuesSeenAt: (atMillis) => issues.filter((issue) => issue.createdMillis <= atMillis),
    commentsSeenAt: (atMillis) => comments.filter((comment) => comment.createdMillis <= atMillis)
  }
}
