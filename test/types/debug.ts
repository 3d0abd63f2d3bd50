// What the compiler knows of programs, taps and checks. This file is compiled, not run.
import { pipe } from 'fp-ts/lib/function.js'
import * as Debug from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { typeOf } from './same.js'

type Params = { readonly w: T.Tensor<[3]>; readonly b: T.Tensor<[]> }
const params: Params = { w: T.zeros([3]), b: T.scalar(0) }
const x = T.zeros([3])
const loss = (p: Params, v: T.Tensor<[3]>): T.Tensor<[]> => T.add(T.dot(p.w, v), p.b)

// a program knows the arguments and the result of its function, through transformations too
const program = Debug.trace(loss)(params, x)
typeOf(program)<Debug.StagedProgram<[p: Params, v: T.Tensor<[3]>], T.Tensor<[]>>>(true)
typeOf(Debug.evaluate(program))<(p: Params, v: T.Tensor<[3]>) => T.Tensor<[]>>(true)
typeOf(Debug.evaluate(program)(params, x))<T.Tensor<[]>>(true)
typeOf(Debug.evaluate(Debug.trace(grad(loss))(params, x))(params, x))<Params>(true)
typeOf(Debug.evaluate(Debug.trace(vmap((v: T.Tensor<[3]>) => T.sum(v)))(T.zeros([5, 3]))))<
  (v: T.Tensor<[number, 3]>) => T.Tensor<[number]>
>(true)

// @ts-expect-error arguments of another structure
Debug.evaluate(program)({ w: x }, x)
// @ts-expect-error an argument too few
Debug.evaluate(program)(params)
// @ts-expect-error programs are immutable
program.equations = []

// checks and taps keep types
typeOf(Debug.checkFinite(loss))<(p: Params, v: T.Tensor<[3]>) => T.Tensor<[]>>(true)
typeOf(Debug.checkFinite(grad(loss))(params, x))<Params>(true)
typeOf(Debug.tap('params')(params))<Params>(true)
typeOf(pipe(x, T.exp, Debug.tap('exp'), T.sum))<T.Tensor<[]>>(true)
typeOf(Debug.tap((value, info) => [value.shape, info.path])(x))<T.Tensor<[3]>>(true)

// @ts-expect-error an unknown option
Debug.tap('x', { tangent: true })
