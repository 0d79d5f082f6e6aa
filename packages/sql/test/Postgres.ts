/** A real Postgres in a folder of its own, on a socket in it. Debian: apt-get install postgresql. */
import * as PgClient from "@effect/sql-pg/PgClient"
import type * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const binaries = globSync("/usr/lib/postgresql/*/bin/initdb")
  .map((path) => path.slice(0, -"/initdb".length))
  .sort()
  .at(-1)

/** CI installs it and may not go without. */
export const isSkipped = binaries === undefined && process.env["CI"] === undefined

/** For the titles of tests. */
export const title = isSkipped ? "Postgres, which is not installed here" : "Postgres"

/** Postgres refuses to run as root. */
const user = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: idOf("-u"), gid: idOf("-g") }
}

export class Postgres {
  readonly folder: string = mkdtempSync(join(tmpdir(), "surety-pg-"))
  private server: ChildProcess | undefined

  /** A client; `role` signs in as somebody else than the owner, `settings` are its sessions'. */
  client(
    role = "postgres",
    settings: Readonly<Record<string, string>> = {}
  ): Layer.Layer<SqlClient.SqlClient, SqlError> {
    const server = { host: this.folder, port: 5432, database: "postgres" }
    return PgClient.layer({ ...server, username: role, maxConnections: 4, startupParameters: settings })
  }

  async start(): Promise<void> {
    if (binaries === undefined) throw new Error("initdb is missing: apt-get install postgresql")
    const as = user()
    if (as.uid !== undefined && as.gid !== undefined) chownSync(this.folder, as.uid, as.gid)
    const data = join(this.folder, "data")
    const options = { cwd: this.folder, stdio: "ignore", ...as } as const
    execFileSync(
      join(binaries, "initdb"),
      ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
      options
    )
    const settings = ["listen_addresses=", `unix_socket_directories=${this.folder}`, "fsync=off", "max_connections=60"]
    const server = spawn(
      join(binaries, "postgres"),
      ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
      options
    )
    this.server = server
    const ready = () => {
      try {
        execFileSync(join(binaries, "pg_isready"), ["-q", "-h", this.folder, "-p", "5432"], { stdio: "ignore" })
        return true
      } catch {
        return false
      }
    }
    for (let waits = 0; !ready(); waits++) {
      if (waits > 300 || server.exitCode !== null) throw new Error("postgres did not start")
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** `SIGQUIT`: at once, without a goodbye to those who are connected. */
  async stop(): Promise<void> {
    const server = this.server
    this.server = undefined
    if (server !== undefined && server.exitCode === null) {
      await new Promise((resolve) => {
        server.once("exit", resolve)
        server.kill("SIGQUIT")
      })
    }
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true })
  }
}
