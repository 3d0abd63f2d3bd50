import { decode } from 'fast-png'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import * as Dataset from 'pullback/Dataset'
import * as Layer from 'pullback/Layer'
import * as T from 'pullback/Tensor'
import { loadDigits } from '../../examples/digits/load.js'
import { png } from '../../examples/support/picture.js'
import { fit, meanImages, model, templatesPicture } from '../../examples/templates/classifier.js'

test('mean images are those of each class', () => {
  const labels = T.of([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9], 'int32')
  const pixels = T.mul(T.expandDims(T.arange(11), 1), T.ones([64]))
  const means = meanImages(Dataset.make(pixels, labels))
  expect(T.toNested(T.slice(means, [null, [0, 1]])).flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9.5])
})

test('each template of the linear classifier fits the mean image of its own class best, and they are drawn', async () => {
  const loaded = await loadDigits()
  if (E.isLeft(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  const [train] = loaded.right
  const fitted = fit(train, 30)
  if (E.isLeft(fitted)) throw new Error(fitted.left.message)
  const means = meanImages(train)
  const scores = Layer.predict(model)(fitted.right, {})(means)
  expect(T.toArray(T.argmax(scores, { axis: 1 }))).toEqual(new Int32Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
  expect(decode(png(templatesPicture(means, fitted.right)))).toMatchObject({ width: 651, height: 131, channels: 3 })
})
