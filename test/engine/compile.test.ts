// Functions on an engine: their types and structure, what they reject, and how they end. The engine is a fake; interop has the real ones.
import * as E from 'fp-ts/lib/Either.js'
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'
import { compileBy } from '../../src/engine/compile.js'
import { toOnnx } from '../../src/engine/exporter.js'
import { fakeEngine } from './fakeEngine.js'

const compile = compileBy(() => E.right(new Uint8Array(1)))

const got = <F, A>(result: E.Either<F, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

const sentence =
  'OnnxRuntime.compile: the function reads a value of the transformation around it; expected all that it reads among its arguments'

interface Params {
  readonly w: T.Tensor
  readonly b: T.Tensor
}

const f = ({ w, b }: Params, x: T.Tensor) => ({ y: T.add(T.mul(w, x), b), positive: T.greater(x, 0) })
const params: Params = { w: T.of([1, 2]), b: T.scalar(0.5) }
const x = T.of([3, -4])

describe('a compiled function', () => {
  it('gives what the function gives, in its structure and types', async () => {
    const { engine, account } = fakeEngine(f, [params, x] as const)
    const compiled = got(await compile(f, { engine })(params, x)())
    expect(await compiled(params, x)).toEqual(f(params, x))
    expect(account.log).toEqual(['run args[0].w args[0].b args[1]'])
    expect((await compiled(params, T.transpose(T.of([-1, 1])))).positive).toEqual(T.of([false, true]))
    const inside = T.slice(T.of([9, 1, -1, 9]), [[1, 3, 1]])
    expect(await compiled(params, inside)).toEqual(f(params, T.of([1, -1])))
  })

  it('runs one call behind the other', async () => {
    const { engine, account } = fakeEngine(f, [params, x] as const)
    const compiled = got(await compile(f, { engine })(params, x)())
    const many = await Promise.all([1, 2, 3].map((n) => compiled(params, T.of([n, n]))))
    expect(many.map(({ y }) => T.toArray(y)[0])).toEqual([1.5, 2.5, 3.5])
    expect(account.most).toBe(1)
  })

  it('rejects arguments of another shape, type or structure with the sentence of evaluate', async () => {
    const { engine } = fakeEngine(f, [params, x] as const)
    const compiled = got(await compile(f, { engine })(params, x)())
    await expect(compiled(params, T.zeros([3]))).rejects.toThrow('args[1] has shape [3]; expected shape [2]')
    await expect(compiled(params, T.of([1, 2], 'int32'))).rejects.toThrow('args[1] is int32; expected float32')
    await expect(compiled({ w: params.w } as never, x)).rejects.toThrow('args[0].b is missing')
  })

  it('is over when it is released: calls before are finished, calls behind rejected', async () => {
    const { engine, account } = fakeEngine(f, [params, x] as const)
    const compiled = got(await compile(f, { engine })(params, x)())
    const before = compiled(params, x)
    await Promise.all([compiled.release(), compiled.release()])
    expect((await before).y.shape).toEqual([2])
    expect(account.log.at(-1)).toBe('release')
    expect(account.log.filter((line) => line === 'release')).toEqual(['release'])
    await expect(compiled(params, x)).rejects.toThrow(
      'OnnxRuntime.compile: the function was released; expected one that is in use, compile it again'
    )
  })
})

describe('what an engine complains of', () => {
  const text =
    "Non-zero status code returned while running Gather node. Name:'encoder/gather' Status Message: indices element out of data bounds, idx=9"

  it('names the equation when it runs, and the next run is a run again', async () => {
    const trouble = (run: number): Error | undefined => (run === 0 ? new Error(text) : undefined)
    const { engine } = fakeEngine(f, [params, x] as const, { trouble })
    const compiled = got(await compile(f, { engine })(params, x)())
    await expect(compiled(params, x)).rejects.toThrow(
      'OnnxRuntime.compile: the run failed at the equation encoder/gather (Gather): indices element out of data bounds, idx=9'
    )
    expect((await compiled(params, x)).y.shape).toEqual([2])
  })

  it.each([
    ["Could not find an implementation for Einsum(12) node with name 'attend/einsum'", 'attend/einsum (Einsum)'],
    [
      "Type Error: Type 'tensor(bool)' of input parameter (c) of operator (Not) in node (mask/not) is invalid.",
      'mask/not'
    ],
    ['Node (cast/0) Op (Cast) [ShapeInferenceError] Mismatch', 'cast/0 (Cast): [ShapeInferenceError] Mismatch']
  ])('when it loads: %s', async (line, wanted) => {
    const { engine } = fakeEngine(f, [params, x] as const, { refuses: new Error(line) })
    const found = await compile(f, { engine })(params, x)()
    expect(found).toMatchObject({ left: { _tag: 'EngineFailed', equation: wanted.split(/[ :]/)[0] } })
    const { message } = E.isLeft(found) ? found.left : { message: '' }
    expect(message).toContain(`OnnxRuntime.compile: loading the program failed at the equation ${wanted}`)
  })

  it('is given whole where it names none', async () => {
    const { engine } = fakeEngine(f, [params, x] as const, { refuses: new Error('out of memory') })
    expect(await compile(f, { engine })(params, x)()).toMatchObject({
      left: { _tag: 'EngineFailed', message: 'OnnxRuntime.compile: loading the program failed: out of memory' }
    })
  })
})

describe('before a run', () => {
  it('an engine that is not installed is a value with the install line', async () => {
    const found = await compile(f, { engine: 'web' })(params, x)()
    expect(found).toMatchObject({ left: { _tag: 'EngineMissing', package: 'onnxruntime-web' } })
    expect(E.isLeft(found) && found.left.message).toContain(
      'OnnxRuntime.compile: onnxruntime-web does not load; expected it to be installed, npm install onnxruntime-web'
    )
  })

  it('operations that the format lacks are a value, and no engine is asked', async () => {
    const refused = { _tag: 'Unsupported', format: 'ONNX', equations: [], message: 'no' } as const
    const { engine, account } = fakeEngine(f, [params, x] as const)
    expect(await compileBy(() => E.left(refused))(f, { engine })(params, x)()).toEqual(E.left(refused))
    expect(account.options).toEqual([])
  })

  it('a value of a transformation around the function is refused on every provider, and no engine is asked', async () => {
    for (const executionProviders of [['cpu'], ['wasm'], ['webgpu']]) {
      const { engine, account } = fakeEngine(f, [params, x] as const)
      const made: Promise<unknown>[] = []
      grad((w: T.Tensor<[]>) => {
        const around = compile((y: T.Tensor) => T.mul(w, y), { engine, executionProviders })
        made.push(around(x)())
        return w
      })(T.scalar(1))
      await expect(Promise.all(made)).rejects.toThrow(sentence)
      expect([made.length, account.options]).toEqual([1, []])
    }
  })

  it('a program without outputs is a value on every provider, and no engine is asked', async () => {
    const reason = 'the program has no outputs; expected one or more, without which no engine loads a model'
    for (const executionProviders of [['cpu'], ['wasm'], ['webgpu']]) {
      const { engine, account } = fakeEngine(f, [params, x] as const)
      const found = await compileBy(toOnnx)((_: T.Tensor) => ({}), { engine, executionProviders })(x)()
      expect(found).toMatchObject({ left: { _tag: 'Unsupported', equations: [{ name: 'trace', reason }] } })
      expect(account.options).toEqual([])
    }
  })

  it('options are those of the session', async () => {
    const { engine, account } = fakeEngine(f, [params, x] as const)
    const session = { graphOptimizationLevel: 'all' }
    got(await compile(f, { engine, threads: 2, executionProviders: ['wasm'], session })(params, x)())
    expect(account.options).toEqual([{ executionProviders: ['wasm'], graphOptimizationLevel: 'all' }])
    expect(engine.env.wasm).toEqual({ numThreads: 2 })
    const node = { ...engine, env: { versions: { node: '0' } } }
    got(await compile(f, { engine: node, threads: 2 })(params, x)())
    expect(account.options[1]).toEqual({ intraOpNumThreads: 2, interOpNumThreads: 1 })
  })

  it('other options are refused', () => {
    const over = (options: object) => () => compile(f, options as never)
    expect(over({ engine: 'gpu' })).toThrow(
      "OnnxRuntime.compile: engine is 'gpu'; expected 'node', 'web' or a module of ONNX Runtime"
    )
    expect(over({ executionProviders: 'webgpu' })).toThrow(
      "OnnxRuntime.compile: executionProviders is 'webgpu'; expected names of execution providers, such as ['webgpu', 'wasm']"
    )
    expect(over({ threads: 0 })).toThrow('OnnxRuntime.compile: threads is 0; expected an integer of 1 or more')
    expect(over({ session: 3 })).toThrow("expected an object with ONNX Runtime's session options")
    expect(over({ device: 'gpu' })).toThrow('OnnxRuntime.compile: unknown option device')
    expect(() => compile(3 as never)).toThrow('OnnxRuntime.compile: the first argument is 3; expected a function')
  })
})
