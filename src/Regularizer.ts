/**
 * Regularisers: penalties of parameters, to be added to a loss by `Loss.regularized`, and a projection. They are functions of
 * trees, and choose leaves by path.
 */
export {
  type Groups,
  type Leaves,
  type Regularizer,
  elasticNet,
  groupLasso,
  l1,
  l2,
  maxNorm,
  orthogonality,
  spectral
} from './regularizer/penalties.js'
