/**
 * Programs to JSON and back.
 */
export { type JsonError, type JsonErrors, showJsonErrors } from './tensor/json.js'
export type { ProgramDocument } from './program/document.js'
export { fromJSON } from './program/fromJson.js'
export { primitives } from './program/primitives.js'
export { toJSON } from './program/toJson.js'
