/** Attention of several heads, and the rotation of embeddings by their positions. */
import { show } from '../../shape/model.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Operation, type Operations, operation } from '../operation.js'
import { refuse } from '../values.js'

// -----------------------------------------------------------------------------
// heads
// -----------------------------------------------------------------------------

/** [batch, length, heads * width] as [batch, heads, length, width]; four axes stay. */
const inHeads = (x: Tensor, heads: number | undefined, what: string): Tensor => {
  if (x.shape.length === 4) return x
  const [n = 0, length = 0, width = 0] = x.shape
  if (x.shape.length !== 3 || heads === undefined || width % heads !== 0) {
    return refuse(
      `${what} has shape ${show(x.shape)} for ${heads ?? 'no'} heads; expected [batch, length, heads * width]`
    )
  }
  return T.permute(T.reshape(x, [n, length, heads, width / heads]), [0, 2, 1, 3])
}

const outOfHeads = (x: Tensor): Tensor => {
  const [n = 0, heads = 0, length = 0, width = 0] = x.shape
  return T.reshape(T.permute(x, [0, 2, 1, 3]), [n, length, heads * width])
}

/** Each head of keys or values for all the query heads that share it. */
const shared = (x: Tensor, heads: number): Tensor =>
  x.shape[1] === heads ? x : T.repeat(x, heads / x.shape[1]!, { axis: 1 })

/** What is added to the scores of pairs that a mask leaves out. */
const additive = (mask: Tensor, dtype: Tensor['dtype']): Tensor =>
  mask.dtype === 'bool' ? T.where(mask, T.full([], 0, dtype), T.full([], -Infinity, dtype)) : mask

/** A mask for fewer keys than there are leaves out the others. */
const covering = (mask: Tensor, keys: number): Tensor => {
  const missing = keys - (mask.shape.at(-1) ?? keys)
  if (missing <= 0 || mask.shape.at(-1) === 1) return mask
  return T.pad(mask, [...mask.shape.slice(1).map((): readonly [number, number] => [0, 0]), [0, missing]], {
    value: -Infinity
  })
}

/** Softmax of scores; the rows that the masks leave no key give 0. */
const weightsOf = (scores: Tensor, bias: Tensor | undefined): Tensor => {
  if (bias === undefined) return T.softmax(scores)
  const isEmpty = T.equal(T.max(bias, { axis: -1, keepDims: true }), -Infinity)
  return T.where(isEmpty, 0, T.softmax(T.where(isEmpty, 0, scores)))
}

/** Which keys a query sees by its place: how far back and ahead, of which `undefined` is all. */
interface Sight {
  readonly back: number | undefined
  readonly ahead: number | undefined
}

/** True where a query sees a key. Before the first query there are `before` keys, a scalar or one for each example. */
const visible = (rows: number, columns: number, before: Tensor, { back, ahead }: Sight): Tensor => {
  const ages = T.sub(T.add(T.expandDims(T.arange(rows, 'int32'), 1), before), T.arange(columns, 'int32'))
  const isNear = back === undefined ? undefined : T.lessEqual(ages, back)
  const isPast = ahead === undefined ? undefined : T.greaterEqual(ages, -ahead)
  return isNear === undefined ? isPast! : isPast === undefined ? isNear : T.logicalAnd(isNear, isPast)
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const attentionOperation: Operation = operation(3, 7, (node) => {
  const [queryHeads, keyHeads] = [node.int('q_num_heads', undefined), node.int('kv_num_heads', undefined)]
  const [given, cap] = [node.float('scale', undefined), node.float('softcap', 0)]
  const stage = node.int('qk_matmul_output_mode', 0)
  node.int('softmax_precision', 1)
  const [left, right] = [node.int('left_window_size', -1), node.int('right_window_size', -1)]
  const reach = (n: number): number | undefined => (n < 0 ? undefined : n)
  const sights: readonly Sight[] = [
    ...(node.flag('is_causal', false) ? [{ back: undefined, ahead: 0 }] : []),
    ...(left < 0 && right < 0 ? [] : [{ back: reach(left), ahead: reach(right) }])
  ]
  return (q: Tensor, k: Tensor, v: Tensor, mask?: Tensor, pastKey?: Tensor, pastValue?: Tensor, lengths?: Tensor) => {
    const query = inHeads(q, queryHeads, 'Q')
    const after = (past: Tensor | undefined, now: Tensor): Tensor =>
      past === undefined ? now : T.concat([past, now], { axis: 2 })
    const keys = after(pastKey, inHeads(k, keyHeads, 'K'))
    const values = after(pastValue, inHeads(v, keyHeads, 'V'))
    const [, heads = 0, rows = 0, width = 0] = query.shape
    const columns = keys.shape[2]!
    const root = Math.sqrt(given ?? 1 / Math.sqrt(width))
    const products = T.matmul(T.mul(query, root), T.swapAxes(T.mul(shared(keys, heads), root), 2, 3))
    const counts = lengths === undefined ? undefined : T.reshape(lengths, [lengths.shape[0]!, 1, 1, 1])
    const past = T.scalar(pastKey?.shape[2] ?? 0, 'int32')
    const before = counts === undefined || pastKey !== undefined ? past : T.sub(counts, rows)
    const masks = [
      ...(mask === undefined ? [] : [covering(additive(mask, query.dtype), columns)]),
      ...sights.map((sight) => additive(visible(rows, columns, before, sight), query.dtype)),
      ...(counts === undefined ? [] : [additive(T.less(T.arange(columns, 'int32'), counts), query.dtype)])
    ]
    const bias = masks.length === 0 ? undefined : masks.reduce((sum, each) => T.add(sum, each))
    const capped = cap > 0 ? T.mul(T.tanh(T.div(products, cap)), cap) : products
    const scores = bias === undefined ? capped : T.add(capped, bias)
    const weights = weightsOf(scores, bias)
    const y = T.matmul(weights, shared(values, heads))
    const shown = [products, capped, scores, weights][stage] ?? products
    return [q.shape.length === 3 ? outOfHeads(y) : y, keys, values, shown]
  }
})

/** Pairs of elements turned by angles, which positions have in tables of cosines and sines. */
const rotaryEmbedding: Operation = operation(3, 4, (node) => {
  const isInterleaved = node.flag('interleaved', false)
  const [part, heads] = [node.int('rotary_embedding_dim', 0), node.int('num_heads', 0)]
  return (given, cosines: Tensor, sines: Tensor, positions?: Tensor) => {
    const x = T.permute(inHeads(given, heads === 0 ? undefined : heads, 'the input'), [0, 2, 1, 3])
    const width = x.shape[3]!
    const turned = part === 0 ? width : part
    const half = turned / 2
    const table = (all: Tensor): Tensor => {
      const at = positions === undefined ? all : T.gather(all, positions)
      return T.expandDims(T.slice(at, [null, null, [0, half]]), 2)
    }
    const [cos, sin] = [table(cosines), table(sines)]
    const [front, rest] = T.split(x, [turned, width - turned], { axis: 3 })
    const pair = (i: 0 | 1): Tensor =>
      isInterleaved
        ? T.slice(front, [null, null, null, [i, null, 2]])
        : T.slice(front, [null, null, null, [i * half, (i + 1) * half]])
    const [a, b] = [pair(0), pair(1)]
    const real = T.sub(T.mul(a, cos), T.mul(b, sin))
    const imaginary = T.add(T.mul(a, sin), T.mul(b, cos))
    const whole = isInterleaved
      ? T.reshape(T.stack([real, imaginary], { axis: -1 }), front.shape)
      : T.concat([real, imaginary], { axis: 3 })
    const y = T.concat([whole, rest], { axis: 3 })
    return given.shape.length === 3 ? T.reshape(y, given.shape) : T.permute(y, [0, 2, 1, 3])
  }
})

export const attention: Operations = { Attention: attentionOperation, RotaryEmbedding: rotaryEmbedding }
