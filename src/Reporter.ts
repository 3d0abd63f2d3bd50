/**
 * Reporters of training runs, as `Train` tells them of events: lines for people, JSON lines, comma-separated values.
 */
export { type LineOptions, type Write, lines } from './reporter/lines.js'
export { type CsvOptions, csv, jsonLines } from './reporter/records.js'
