export const compile = (_endpoint: unknown, _policy: unknown): unknown => undefined
