/**
 * Drawings as SVG text, without a browser: curves, points, loss surfaces with paths, decision regions. It needs the optional peer echarts.
 */
export { type CurveOptions, type ScatterOptions, curves, scatter } from './plot/curves.js'
export type { Frame, Named, Point } from './plot/model.js'
export { beside } from './plot/render.js'
export { type ReporterOptions, reporter } from './plot/reporter.js'
export { type PlaneFunction, type RegionOptions, type SurfaceOptions, regions, surface } from './plot/surface.js'
