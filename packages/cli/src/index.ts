/**
 * The `surety` command.
 *
 * @stability experimental
 * @since 0.1.0
 */
export {}
