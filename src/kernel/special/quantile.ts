// The quotients of M. J. Wichura, Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37 (1988) 477-484,
// as kernel/special/erfInverse.ts takes them: the numerators are computed from those of AS 241 in rational arithmetic and rounded once.

/** A quotient of polynomials of degree 7, or of 8 above: the coefficients of the highest powers first. */
export interface Quotient {
  readonly above: readonly number[]
  readonly below: readonly number[]
}

export const centralRange: Quotient = {
  above: [
    -4339.4012092274, -16909.592388659647, -15525.854417978326, -4977.931786419021, -539.3091320403624,
    9.875657851838074, 4.759357410783067, 0.19753231156709125
  ],
  below: [
    5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
    687.1870074920579083, 42.313330701600911252, 1
  ]
}

export const nearRange: Quotient = {
  above: [
    -1.0507500716444169e-9, 9.054223079736005e-8, -6.631770671522707e-6, -0.0014570525960900544, -0.02838405174558772,
    -0.20059427897991458, -0.6557567456000459, -1.010963312418408, -0.5934779663963121
  ],
  below: [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.4810397642748007459e-1,
    6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187, 1
  ]
}

export const farRange: Quotient = {
  above: [
    -2.0442631033899397e-15, 9.225662560386812e-13, -3.4575203211281514e-10, -4.910644073061673e-7,
    -4.8615812610010525e-5, -0.0016066960044928613, -0.02241866155232811, -0.13568167115055627, -0.2921504780869663
  ],
  below: [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    1.48753612908506148525e-2, 1.3692988092273580531e-1, 5.9983220655588793769e-1, 1
  ]
}

/** Written out: a loop takes a third longer. */
const polynomial = (c: readonly number[], r: number): number => {
  const first = (((c[0]! * r + c[1]!) * r + c[2]!) * r + c[3]!) * r + c[4]!
  const seventh = ((first * r + c[5]!) * r + c[6]!) * r + c[7]!
  return c.length > 8 ? seventh * r + c[8]! : seventh
}

export const quotient = ({ above, below }: Quotient, r: number): number => polynomial(above, r) / polynomial(below, r)
