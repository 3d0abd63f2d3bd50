/**
 * Reports as pure strings: tables, small charts, confusion matrices, and programs as Graphviz text.
 */
export { type BarOptions, type HistogramOptions, bars, histogram, sparkline } from './report/charts.js'
export { type GraphOptions, graphviz } from './report/graph.js'
export { type TableOptions, confusion, summary, table } from './report/table.js'
