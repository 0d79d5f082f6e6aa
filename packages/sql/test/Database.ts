/** The databases that every test of a store runs on: a real Postgres, and SQLite in a file. */
import type * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeSqlite } from "@surety/sql"
import { afterAll, beforeAll, describe } from "vitest"
import { isSkipped, Postgres, title } from "./Postgres.ts"

export interface Database {
  readonly dialect: "pg" | "sqlite"
  /** What another process needs to find it. */
  readonly place: string
  readonly client: (
    role?: string,
    settings?: Readonly<Record<string, string>>
  ) => Layer.Layer<SqlClient.SqlClient, SqlError>
}

let tables = 0
/** A table that no other test has. */
export const newTable = (): string => `t${process.pid}_${tables++}`

export const onEach = (what: string, tests: (database: Database) => void): void => {
  describe.skipIf(isSkipped)(`${what} in ${title}`, () => {
    const postgres = new Postgres()
    beforeAll(() => postgres.start(), 60_000)
    afterAll(() => postgres.stop(), 30_000)
    tests({ dialect: "pg", place: postgres.folder, client: (role, settings) => postgres.client(role, settings) })
  })
  describe(`${what} in SQLite`, () => {
    const folder = mkdtempSync(join(tmpdir(), "surety-sqlite-"))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    const place = join(folder, "surety.db")
    tests({ dialect: "sqlite", place, client: () => NodeSqlite.layer({ filename: place }) })
  })
}
