/** The places at which a process that refreshes is killed, in the order in which it comes to them. */

/** Where the process itself is stopped: it has done what the step names, and nothing after it. */
export type Step = "acquired" | "marked" | "answered" | "committed" | "released"

/**
 * **Details**   The other three are stopped at the server: `lost`: the request has arrived, and is never judged;
 * `judged late`: it is judged after its sender's death; `judged`: the server has rotated, and its answer is not read.
 */
export type Place = Step | "lost" | "judged late" | "judged"

export const places: ReadonlyArray<Place> = [
  "acquired",
  "marked",
  "lost",
  "judged late",
  "judged",
  "answered",
  "committed",
  "released"
]

/** Those that are tried as well while the access token is good: the refresh was not sent, and its answer was not read. */
export const placesInTime: ReadonlyArray<Place> = ["marked", "judged"]

export const isStep = (place: Place): place is Step => !["lost", "judged late", "judged"].includes(place)

/** Only where the server has rotated and nobody has kept what it gave may a grant end, and then only without a grace. */
export const mayEnd = (place: Place, graceMillis: number): boolean =>
  graceMillis === 0 && ["judged late", "judged", "answered"].includes(place)
