/**
 * AWS Secrets Manager as a `SecretStore`, over the client of `@aws-sdk/client-secrets-manager`.
 *
 * The staging labels are the versions: `AWSCURRENT`, and `AWSPREVIOUS`, which the rotation of AWS keeps valid.
 *
 * Neighbours: `SecretStore.source` makes a source of it.
 *
 * @source https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html (2026-11)
 * @stability experimental
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { SecretStore } from "./SecretStore.ts"
import * as StoreAnswer from "./StoreAnswer.ts"

/**
 * The part of AWS's client that is used: `SecretsManager` has it. With the smaller `SecretsManagerClient`, write
 * `{ getSecretValue: (input, options) => client.send(new GetSecretValueCommand(input), options) }`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Client {
  getSecretValue(
    input: { readonly SecretId: string; readonly VersionStage: string },
    options: { readonly abortSignal: AbortSignal }
  ): Promise<{
    readonly SecretString?: string | undefined
    readonly SecretBinary?: Uint8Array | undefined
    readonly VersionId?: string | undefined
  }>
}

/**
 * **Details**   `timeout`: of one read, the client's own retries included; default 5 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly client: Client
  readonly timeout?: Duration.Input
}

/**
 * **Details**   Version: the version id. AWS states no expiry and no scopes. Bytes are read as UTF-8. The client needs
 * `secretsmanager:GetSecretValue` on this one secret, and `kms:Decrypt` where the key is yours.
 *
 * **Failures**   `rejected`: AWS refused our own identity. `misconfigured`: the request can never work, or the secret is
 * marked for deletion or cannot be decrypted. `unavailable`: everything else.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): SecretStore => ({
  name: "aws-secrets-manager",
  read: (name, which) =>
    Effect.map(
      StoreAnswer.call({
        store: "aws-secrets-manager",
        timeoutMillis: Duration.toMillis(Duration.fromInputUnsafe(options.timeout ?? "5 seconds")),
        run: (abortSignal) =>
          options.client.getSecretValue(
            { SecretId: name, VersionStage: which === "current" ? "AWSCURRENT" : "AWSPREVIOUS" },
            { abortSignal }
          ),
        judge
      }),
      (found) =>
        found === undefined
          ? undefined
          : {
              secret: Redacted.make(found.SecretString ?? new TextDecoder().decode(found.SecretBinary)),
              version: found.VersionId ?? which
            }
    )
})

const reasons: Readonly<Record<string, StoreAnswer.Reason>> = {
  ResourceNotFoundException: "absent",
  AccessDeniedException: "rejected",
  ExpiredTokenException: "rejected",
  IncompleteSignature: "rejected",
  InvalidClientTokenId: "rejected",
  InvalidSignatureException: "rejected",
  MissingAuthenticationToken: "rejected",
  NotAuthorized: "rejected",
  OptInRequired: "rejected",
  RequestExpired: "rejected",
  UnrecognizedClientException: "rejected",
  DecryptionFailure: "misconfigured",
  InvalidParameterException: "misconfigured",
  InvalidRequestException: "misconfigured",
  ValidationException: "misconfigured",
  CredentialsProviderError: "unavailable",
  InternalFailure: "unavailable",
  InternalServiceError: "unavailable",
  InternalServiceErrorException: "unavailable",
  LimitExceededException: "unavailable",
  ServiceUnavailable: "unavailable",
  ServiceUnavailableException: "unavailable",
  ThrottlingException: "unavailable",
  TimeoutError: "unavailable",
  TooManyRequestsException: "unavailable"
}

const judge = (error: unknown): StoreAnswer.Judgement => {
  const name = StoreAnswer.member(error, "name")
  const known = typeof name === "string" && Object.hasOwn(reasons, name) ? reasons[name] : undefined
  if (known !== undefined) return { reason: known, code: String(name) }
  const status = StoreAnswer.member(error, "$metadata", "httpStatusCode")
  if (typeof status !== "number") return { reason: "unavailable", code: "no answer" }
  const reason = StoreAnswer.reasonOf(status)
  // a 404 without AWS's own name for it came from something else
  return { reason: reason === "absent" ? "misconfigured" : reason, code: `HTTP ${status}` }
}
