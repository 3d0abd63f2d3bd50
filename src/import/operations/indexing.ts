/** Operations whose places are values: gathering and scattering, sorting, and running sums. */
import { upTo } from '../../kernel/library/kinds.js'
import { bindOne } from '../../primitive/bind.js'
import { show, size } from '../../shape/model.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Operation, type Operations, always, operation, typeOfInput, moving } from '../operation.js'
import { axisOf, numberOf, numbersOf, refuse, vector } from '../values.js'

/** Indices counted from the front of an axis of n elements. */
const fromFront = (indices: Tensor, n: number): Tensor => T.where(T.less(indices, 0), T.add(indices, n), indices)

// -----------------------------------------------------------------------------
// gathering
// -----------------------------------------------------------------------------

const gather: Operation = operation(
  2,
  2,
  (node) => {
    const axis = node.int('axis', 0)
    return (x, indices) => T.gather(x, indices, { axis })
  },
  moving
)

/** The leading part of a tensor that has the sizes of the indices on every axis but one. */
const besides = (x: Tensor, indices: Tensor, axis: number): Tensor =>
  T.slice(
    x,
    x.shape.map((_, i) => (i === axis ? null : [0, indices.shape[i]!]))
  )

const gatherElements: Operation = operation(
  2,
  2,
  (node) => {
    const given = node.int('axis', 0)
    return (x, indices) => {
      const axis = axisOf(given, x.shape.length)
      return T.takeAlongAxis(besides(x, indices, axis), indices, { axis })
    }
  },
  moving
)

/** The row-major position, among the first axes, of index vectors along the last axis of `indices`. */
const positions = (indices: Tensor, sizes: readonly number[]): Tensor =>
  sizes.reduce<Tensor>(
    (at, n, i) => T.add(T.mul(at, n), fromFront(T.at(indices, i, { axis: -1 }), n)),
    T.zeros(indices.shape.slice(0, -1), 'int32')
  )

const gatherNd = (x: Tensor, indices: Tensor, batch: number): Tensor => {
  const depth = indices.shape.at(-1) ?? 0
  if (depth + batch > x.shape.length || batch >= indices.shape.length) {
    refuse(`indices have shape ${show(indices.shape)} for ${show(x.shape)}; expected index vectors of at most its rank`)
  }
  const [lead, sizes] = [x.shape.slice(0, batch), x.shape.slice(batch, batch + depth)]
  const rest = x.shape.slice(batch + depth)
  const each = size(sizes)
  const at = positions(indices, sizes)
  const examples = T.reshape(T.arange(size(lead), 'int32'), [...lead, ...at.shape.slice(batch).map(() => 1)])
  const flat = T.reshape(x, [size(lead) * each, ...rest])
  return T.gather(flat, T.add(at, T.mul(examples, each)))
}

// -----------------------------------------------------------------------------
// scattering
// -----------------------------------------------------------------------------

const reductions = ['none', 'add', 'mul', 'max', 'min'] as const

type Reduce = (typeof reductions)[number]

/** Products: an index that stands several times takes several rounds, in each of which it stands once. */
const multiplied = (x: Tensor, at: Tensor, updates: Tensor): Tensor => {
  const seen = new Map<number, number>()
  const rounds: number[][] = []
  numbersOf(at, 'the indices of a product').forEach((place, i) => {
    const round = seen.get(place) ?? 0
    seen.set(place, round + 1)
    if (rounds[round] === undefined) rounds[round] = [i]
    else rounds[round].push(i)
  })
  return rounds
    .map(vector)
    .reduce<Tensor>((y, each) => T.mul(y, T.set(T.onesLike(x), T.gather(at, each), T.gather(updates, each))), x)
}

/** The rows of a table with updates at positions along the first axis. */
const scattered = (x: Tensor, at: Tensor, updates: Tensor, reduce: Reduce): Tensor => {
  switch (reduce) {
    case 'none':
      return T.set(x, at, updates)
    case 'add':
      return T.scatterAdd(x, at, updates)
    case 'mul':
      return multiplied(x, at, updates)
    case 'max':
      return T.segmentMax(T.concat([x, updates]), T.concat([T.arange(x.shape[0]!, 'int32'), at]), {
        numSegments: x.shape[0]!
      })
    case 'min':
      return T.neg(scattered(T.neg(x), at, T.neg(updates), 'max'))
  }
}

const scatterNd: Operation = operation(3, 3, (node) => {
  const reduce = node.word('reduction', reductions)
  return (x, indices, updates) => {
    const depth = indices.shape.at(-1) ?? 0
    const [sizes, rest] = [x.shape.slice(0, depth), x.shape.slice(depth)]
    const at = T.reshape(positions(indices, sizes), [size(indices.shape.slice(0, -1))])
    const table = T.reshape(x, [size(sizes), ...rest])
    return T.reshape(scattered(table, at, T.reshape(updates, [at.shape[0], ...rest]), reduce), x.shape)
  }
})

const scatterElements: Operation = operation(3, 3, (node) => {
  const given = node.int('axis', 0)
  const reduce = node.word('reduction', reductions)
  return (x, indices, updates) => {
    const axis = axisOf(given, x.shape.length)
    const place = (i: number): Tensor => {
      if (i === axis) return fromFront(indices, x.shape[i]!)
      const along = T.arange(indices.shape[i]!, 'int32')
      return T.reshape(
        along,
        indices.shape.map((n, k) => (k === i ? n : 1))
      )
    }
    const at = x.shape.reduce<Tensor>((sum, n, i) => T.add(T.mul(sum, n), place(i)), T.scalar(0, 'int32'))
    const count = size(indices.shape)
    const all = T.reshape(T.broadcastTo(at, indices.shape), [count])
    return T.reshape(scattered(T.ravel(x), all, T.reshape(updates, [count]), reduce), x.shape)
  }
})

// -----------------------------------------------------------------------------
// order
// -----------------------------------------------------------------------------

const topK: Operation = operation(
  1,
  2,
  (node) => {
    const given = node.int('axis', -1)
    const isLargest = node.flag('largest', true)
    node.flag('sorted', true)
    const attribute = node.version < 10 ? node.int('k', undefined) : undefined
    return (x, count?: Tensor) => {
      const axis = axisOf(given, x.shape.length)
      const k =
        count === undefined ? (attribute ?? refuse('has no k; expected the number of elements')) : numberOf(count, 'k')
      if (k < 0 || k > x.shape[axis]!) refuse(`k is ${k} along an axis of ${x.shape[axis]}; expected at most as many`)
      const places = bindOne(T.argsort.primitive, [x], { axis, descending: isLargest, count: k })
      return [T.takeAlongAxis(x, places, { axis }), places]
    }
  },
  { types: ({ type }) => [type(0), 'int64'] }
)

/** Where the largest or smallest element is: the first, or the last of equal ones. */
const extremum = (f: typeof T.argmax): Operation =>
  operation(
    1,
    1,
    (node) => {
      const given = node.int('axis', 0)
      const keepDims = node.flag('keepdims', true)
      const isLast = node.flag('select_last_index', false)
      return (x) => {
        const axis = axisOf(given, x.shape.length)
        return isLast ? T.sub(x.shape[axis]! - 1, f(T.flip(x, { axis }), { axis, keepDims })) : f(x, { axis, keepDims })
      }
    },
    { types: always('int64') }
  )

const running = (f: typeof T.cumsum): Operation =>
  operation(2, 2, (node) => {
    const [exclusive, reverse] = [node.flag('exclusive', false), node.flag('reverse', false)]
    return (x, axis) => f(x, { axis: numberOf(axis, 'axis'), exclusive, reverse })
  })

/** 1 at indices and 0 elsewhere; other values where they are given. Indices out of range give no 1. */
const oneHot: Operation = operation(
  3,
  3,
  (node) => {
    const given = node.int('axis', -1)
    return (indices, count, values) => {
      const depth = numberOf(count, 'depth')
      const axis = axisOf(given, indices.shape.length + 1)
      const whole = T.cast(indices, 'int32')
      const along = T.reshape(T.arange(depth, 'int32'), [depth, ...indices.shape.slice(axis).map(() => 1)])
      const isOn = T.equal(T.expandDims(fromFront(whole, depth), axis), along)
      return T.where(isOn, T.at(values, 1), T.at(values, 0))
    }
  },
  { types: typeOfInput(2) }
)

/** Parts of sequences in reverse order: the first elements, as many as are given for each example. */
const reverseSequence: Operation = operation(2, 2, (node) => {
  const [example, time] = [node.int('batch_axis', 1), node.int('time_axis', 0)]
  return (x, lengths) => {
    const rank = x.shape.length
    const laid = (v: Tensor, axis: number): Tensor =>
      T.reshape(
        v,
        upTo(rank).map((i) => (i === axis ? v.shape[0]! : 1))
      )
    const [steps, counts] = [laid(T.arange(x.shape[time]!, 'int32'), time), laid(lengths, example)]
    const from = T.where(T.less(steps, counts), T.sub(T.sub(counts, 1), steps), steps)
    return T.takeAlongAxis(x, T.broadcastTo(from, x.shape), { axis: time })
  }
})

/** The elements along an axis, or of all of them, where a condition holds that is known. */
const compress: Operation = operation(
  2,
  2,
  (node) => {
    const axis = node.int('axis', undefined)
    return (x, condition) => {
      const places = numbersOf(condition, 'the condition').flatMap((on, i) => (on === 0 ? [] : [i]))
      return axis === undefined ? T.gather(T.ravel(x), vector(places)) : T.gather(x, vector(places), { axis })
    }
  },
  moving
)

const triangle: Operation = operation(
  1,
  2,
  (node) => {
    const isUpper = node.flag('upper', true)
    return (x, k?: Tensor) => {
      const offset = k === undefined ? 0 : numberOf(k, 'k')
      return isUpper ? T.triu(x, { offset }) : T.tril(x, { offset })
    }
  },
  moving
)

export const indexing: Operations = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: operation(
    2,
    2,
    (node) => {
      const batch = node.int('batch_dims', 0)
      return (x, indices) => gatherNd(x, indices, batch)
    },
    moving
  ),
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  TopK: topK,
  ArgMax: extremum(T.argmax),
  ArgMin: extremum(T.argmin),
  CumSum: running(T.cumsum),
  CumProd: running(T.cumprod),
  OneHot: oneHot,
  ReverseSequence: reverseSequence,
  Compress: compress,
  Trilu: triangle
}
