// Features of images that nobody learnt: 3 x 3 kernels, colour histograms, histograms of oriented gradients.
import * as T from 'pullback/Tensor'

// -----------------------------------------------------------------------------
// kernels
// -----------------------------------------------------------------------------

const kernel = (...rows: readonly (readonly number[])[]): T.Tensor => T.of(rows)

export const kernels = {
  identity: kernel([0, 0, 0], [0, 1, 0], [0, 0, 0]),
  blur: kernel([0.1, 0.1, 0.1], [0.1, 0.2, 0.1], [0.1, 0.1, 0.1]),
  sharpen: kernel([0, -1, 0], [-1, 5, -1], [0, -1, 0]),
  edge: kernel([-1, -1, -1], [-1, 8, -1], [-1, -1, -1]),
  corner: kernel([0, 0, 0], [0, 1, 1], [0, 1, 0]),
  sobelX: kernel([-1, 0, 1], [-2, 0, 2], [-1, 0, 1]),
  sobelY: kernel([-1, -2, -1], [0, 0, 0], [1, 2, 1])
} as const

/** Grey images [n, height, width] under kernels of 3 x 3: [n, kernels, height, width]. Outside, the pixels of the edge are repeated. */
export const filtered = (images: T.Tensor, bank: readonly T.Tensor[]): T.Tensor => {
  const framed = T.pad(
    images,
    [
      [0, 0],
      [1, 1],
      [1, 1]
    ],
    { mode: 'replicate' }
  )
  return T.conv2d(T.expandDims(framed, 1), T.expandDims(T.stack(bank), 1))
}

// -----------------------------------------------------------------------------
// smaller images
// -----------------------------------------------------------------------------

/** Every second pixel of images [n, c, height, width]. A pattern that is finer turns into one that is not there. */
export const byStride = (x: T.Tensor): T.Tensor => T.slice(x, [null, null, [0, null, 2], [0, null, 2]])

export const byMean = (x: T.Tensor): T.Tensor => T.avgPool2d(x, { window: 2 })

export const byMax = (x: T.Tensor): T.Tensor => T.maxPool2d(x, { window: 2 })

// -----------------------------------------------------------------------------
// histograms
// -----------------------------------------------------------------------------

/** The share of pixels of an image [3, height, width], from 0 to 1, in each box of red, green and blue: [levels, levels, levels]. */
export const colourHistogram = (image: T.Tensor, levels: number): T.Tensor => {
  const level = T.cast(T.minimum(T.floor(T.mul(image, levels)), levels - 1), 'int32')
  const place = T.of([levels * levels, levels, 1], 'int32')
  const box = T.sum(T.mul(level, T.reshape(place, [3, 1, 1])), { axis: 0 })
  const counts = T.cast(T.bincount(box, { length: levels ** 3 }), 'float32')
  return T.reshape(T.div(counts, T.size(box)), [levels, levels, levels])
}

/** How a histogram of oriented gradients is made. */
export interface Hog {
  /** Directions, which share half a turn: from light to dark counts as from dark to light. */
  readonly bins: number
  /** The side of a cell, in pixels. */
  readonly cell: number
  /** The side of a block, in cells. */
  readonly block: number
}

/**
 * The lengths of the gradients in each cell of images [n, height, width], by direction: [n, bins, height / cell, width / cell]. A direction between
 * the middles of two bins is shared by them. The gradient is the difference of the two neighbours.
 */
export const orientations = (images: T.Tensor, { bins, cell }: Hog): T.Tensor => {
  const along = (axis: 1 | 2): T.Tensor => {
    const widths = [0, 1, 2].map((each) => [each === axis ? 1 : 0, each === axis ? 1 : 0] as const)
    const framed = T.expandDims(T.pad(images, widths, { mode: 'replicate' }), 1)
    return T.squeeze(T.conv2d(framed, T.reshape(T.of([-1, 0, 1]), axis === 1 ? [1, 1, 3, 1] : [1, 1, 1, 3])), {
      axis: 1
    })
  }
  const [dx, dy] = [along(2), along(1)]
  const position = T.sub(T.mul(T.atan2(dy, dx), bins / Math.PI), 0.5)
  const lower = T.floor(position)
  const upperShare = T.sub(position, lower)
  const inBin = (bin: T.Tensor): T.Tensor => T.oneHot(T.cast(T.mod(bin, bins), 'int32'), bins)
  const shares = T.add(
    T.mul(inBin(lower), T.expandDims(T.sub(1, upperShare), -1)),
    T.mul(inBin(T.add(lower, 1)), T.expandDims(upperShare, -1))
  )
  const votes = T.mul(shares, T.expandDims(T.hypot(dx, dy), -1))
  return T.mul(T.avgPool2d(T.moveAxis(votes, -1, 1), { window: cell }), cell * cell)
}

/**
 * Histograms of oriented gradients: those of all overlapping blocks of cells, [n, bins block^2, blocks], each scaled to length 1, cut at 0.2 and scaled
 * again, so that neither brightness nor contrast matters.
 *
 * N. Dalal and B. Triggs, Histograms of Oriented Gradients for Human Detection, CVPR 2005, without their weights by distance.
 */
export const hog = (images: T.Tensor, options: Hog): T.Tensor => {
  const blocks = T.im2col(orientations(images, options), { window: options.block })
  const unit = (x: T.Tensor): T.Tensor => T.div(x, T.sqrt(T.add(T.sum(T.square(x), { axis: 1, keepDims: true }), 1e-6)))
  return unit(T.minimum(unit(blocks), 0.2))
}
