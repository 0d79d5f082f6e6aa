/**
 * A path on the command line, as it was written: shells complete it, and nothing else is done to it. The primitive of Effect
 * makes it absolute and asks whether it is there; a module may be the name of a package, and every message repeats what was
 * typed.
 *
 * Neighbours: `Flags` has the arguments and flags that are paths.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Argument from "effect/cli/Argument"
import type * as Flag from "effect/cli/Flag"
import * as Param from "effect/cli/Param"
import * as Primitive from "effect/cli/Primitive"

const asWritten = (pathType: Primitive.PathType): Primitive.Primitive<string> =>
  Object.assign(Primitive.Path(pathType), { parse: Primitive.String.parse })

/**
 * A positional argument.
 *
 * @category constructors
 * @since 0.1.0
 */
export const argument = (name: string, pathType: Primitive.PathType): Argument.Argument<string> =>
  Param.makeSingle({ kind: Param.argumentKind, name, primitiveType: asWritten(pathType) })

/**
 * A flag with a value.
 *
 * @category constructors
 * @since 0.1.0
 */
export const flag = (name: string, pathType: Primitive.PathType): Flag.Flag<string> =>
  Param.makeSingle({ kind: Param.flagKind, name, primitiveType: asWritten(pathType) })
