// A linear classifier of the digits has one template for each class. They are drawn, each under the mean image of its class.
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Layer from 'pullback/Layer'
import * as Metric from 'pullback/Metric'
import { loadDigits } from './digits/load.js'
import { writeOut } from './support/files.js'
import { png } from './support/picture.js'
import { check, getOrExit } from './support/run.js'
import { fit, meanImages, model, templatesPicture } from './templates/classifier.js'

const [train, test] = pipe(await loadDigits(), getOrExit(Dataset.showCsvErrors))
const params = pipe(
  fit(train, 150),
  getOrExit((diverged) => diverged.message)
)

const accuracy = Metric.accuracy(Layer.predict(model)(params, {})(test.features), test.labels)
const picture = png(templatesPicture(meanImages(train), params))
console.log(`mean images and templates: ${await writeOut('templates.png', picture)}`)
check(`test accuracy ${(100 * accuracy).toFixed(1)} %, at least 88.0 % required`, accuracy >= 0.88)
