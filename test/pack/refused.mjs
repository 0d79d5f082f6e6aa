// What is internal cannot be imported, whether the file exists or not.
for (const path of [
  "surety/internal/anything",
  "@surety/stripe/internal/anything",
  "@surety/cli/internal/anything",
  "@surety/github/internal/anything",
  "@surety/oauth/internal/anything",
  "@surety/ops/internal/anything",
  "@surety/sql/internal/Boundary"
]) {
  const code = await import(path).then(
    () => "imported",
    (error) => error.code
  )
  if (code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") {
    console.error(`${path}: ${code}`)
    process.exitCode = 1
  }
}
