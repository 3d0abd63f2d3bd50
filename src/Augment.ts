/**
 * Augmentation: images changed at random in training, as pure functions of a key and tensors. Every example is drawn by itself, and all of
 * them go through `grad`, `vmap` and programs.
 *
 * The key is the first argument, as in `Random`, or waited for: `f(key, images, options)` and `f(images, options)(key)`.
 */
export { type CutmixOptions, type MixupOptions, cutmix, mixup } from './augment/mixtures.js'
export {
  type CropOptions,
  type FlipOptions,
  type ShiftOptions,
  randomCrop,
  randomFlip,
  randomShift
} from './augment/places.js'
export { type CutoutOptions, cutout } from './augment/regions.js'
export { type RotateOptions, randomRotate } from './augment/rotations.js'
export { type NoiseOptions, gaussianNoise } from './regularizer/noise.js'
