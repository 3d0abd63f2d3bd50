/**
 * The operations of WebAssembly that the encoder knows, by their names in the text format. A code above 0xff is a prefix and, behind it,
 * the number of the operation. The source is the index of instructions of the WebAssembly core specification 2.0.
 */

/** The name of a type, the first code, and the names of operations of the type whose codes follow each other. */
type Row = readonly [type: string, first: number, names: string]

const rows = [
  ['i32', 0x45, 'eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'],
  ['i64', 0x50, 'eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'],
  ['f32', 0x5b, 'eq ne lt gt le ge'],
  ['f64', 0x61, 'eq ne lt gt le ge'],
  ['i32', 0x67, 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr'],
  ['i64', 0x79, 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr'],
  ['f32', 0x8b, 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign'],
  ['f64', 0x99, 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign'],
  ['i32', 0xa7, 'wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u'],
  ['i64', 0xac, 'extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u'],
  ['f32', 0xb2, 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64'],
  ['f64', 0xb7, 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32'],
  ['i32', 0xbc, 'reinterpret_f32'],
  ['i64', 0xbd, 'reinterpret_f64'],
  ['f32', 0xbe, 'reinterpret_i32'],
  ['f64', 0xbf, 'reinterpret_i64'],
  ['i32', 0xc0, 'extend8_s extend16_s'],
  ['i64', 0xc2, 'extend8_s extend16_s extend32_s'],
  ['i32', 0xfc00, 'trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u'],
  ['i64', 0xfc04, 'trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u'],
  ['i8x16', 0xfd0e, 'swizzle'],
  ['i32x4', 0xfd11, 'splat'],
  ['i64x2', 0xfd12, 'splat'],
  ['f32x4', 0xfd13, 'splat'],
  ['f64x2', 0xfd14, 'splat'],
  ['i32x4', 0xfd37, 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'],
  ['f32x4', 0xfd41, 'eq ne lt gt le ge'],
  ['f64x2', 0xfd47, 'eq ne lt gt le ge'],
  ['v128', 0xfd4d, 'not and andnot or xor bitselect any_true'],
  ['f32x4', 0xfd5e, 'demote_f64x2_zero'],
  ['f64x2', 0xfd5f, 'promote_low_f32x4'],
  ['f32x4', 0xfd67, 'ceil floor trunc nearest'],
  ['f64x2', 0xfd74, 'ceil floor'],
  ['f64x2', 0xfd7a, 'trunc'],
  ['f64x2', 0xfd94, 'nearest'],
  ['i32x4', 0xfda0, 'abs neg'],
  ['i32x4', 0xfda3, 'all_true bitmask'],
  ['i32x4', 0xfdab, 'shl shr_s shr_u add'],
  ['i32x4', 0xfdb1, 'sub'],
  ['i32x4', 0xfdb5, 'mul min_s min_u max_s max_u'],
  ['i64x2', 0xfdc0, 'abs neg'],
  ['i64x2', 0xfdc3, 'all_true bitmask'],
  [
    'i64x2',
    0xfdc7,
    'extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u shl shr_s shr_u add'
  ],
  ['i64x2', 0xfdd1, 'sub'],
  ['i64x2', 0xfdd5, 'mul eq ne lt_s gt_s le_s ge_s'],
  ['f32x4', 0xfde0, 'abs neg'],
  ['f32x4', 0xfde3, 'sqrt add sub mul div min max pmin pmax'],
  ['f64x2', 0xfdec, 'abs neg'],
  ['f64x2', 0xfdef, 'sqrt add sub mul div min max pmin pmax'],
  ['i32x4', 0xfdf8, 'trunc_sat_f32x4_s trunc_sat_f32x4_u'],
  ['f32x4', 0xfdfa, 'convert_i32x4_s convert_i32x4_u'],
  ['i32x4', 0xfdfc, 'trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero'],
  ['f64x2', 0xfdfe, 'convert_low_i32x4_s convert_low_i32x4_u']
] as const

const others = { unreachable: 0x00, nop: 0x01, return: 0x0f, drop: 0x1a, select: 0x1b } as const

type Word<Names extends string> = Names extends `${infer First} ${infer Rest}` ? First | Word<Rest> : Names
type NameIn<R extends Row> = R extends readonly [infer Type extends string, number, infer Names extends string]
  ? `${Type}.${Word<Names>}`
  : never

/** An operation without an immediate. */
export type PlainOp = keyof typeof others | NameIn<(typeof rows)[number]>

const entriesOf = ([type, first, names]: Row): readonly (readonly [string, number])[] =>
  names.split(' ').map((name, i) => [`${type}.${name}`, first + i])

/** The codes of operations without an immediate. */
export const plain: Readonly<Record<PlainOp, number>> = {
  ...others,
  ...(Object.fromEntries(rows.flatMap(entriesOf)) as Record<NameIn<(typeof rows)[number]>, number>)
}

/** Loads and stores: the code, and the binary logarithm of the size of what is read or written. */
export const memory = {
  'i32.load': [0x28, 2],
  'i64.load': [0x29, 3],
  'f32.load': [0x2a, 2],
  'f64.load': [0x2b, 3],
  'i32.load8_s': [0x2c, 0],
  'i32.load8_u': [0x2d, 0],
  'i32.load16_s': [0x2e, 1],
  'i32.load16_u': [0x2f, 1],
  'i64.load8_s': [0x30, 0],
  'i64.load8_u': [0x31, 0],
  'i64.load16_s': [0x32, 1],
  'i64.load16_u': [0x33, 1],
  'i64.load32_s': [0x34, 2],
  'i64.load32_u': [0x35, 2],
  'i32.store': [0x36, 2],
  'i64.store': [0x37, 3],
  'f32.store': [0x38, 2],
  'f64.store': [0x39, 3],
  'i32.store8': [0x3a, 0],
  'i32.store16': [0x3b, 1],
  'i64.store8': [0x3c, 0],
  'i64.store16': [0x3d, 1],
  'i64.store32': [0x3e, 2],
  'v128.load': [0xfd00, 4],
  'v128.load32x2_s': [0xfd05, 3],
  'v128.load32x2_u': [0xfd06, 3],
  'v128.load32_splat': [0xfd09, 2],
  'v128.load64_splat': [0xfd0a, 3],
  'v128.store': [0xfd0b, 4],
  'v128.load32_zero': [0xfd5c, 2],
  'v128.load64_zero': [0xfd5d, 3]
} as const

/** Operations on one lane of a vector. */
export const lane = {
  'i32x4.extract_lane': 0xfd1b,
  'i32x4.replace_lane': 0xfd1c,
  'i64x2.extract_lane': 0xfd1d,
  'i64x2.replace_lane': 0xfd1e,
  'f32x4.extract_lane': 0xfd1f,
  'f32x4.replace_lane': 0xfd20,
  'f64x2.extract_lane': 0xfd21,
  'f64x2.replace_lane': 0xfd22
} as const

/** The codes of what has a shape of its own in the instruction tree. */
export const structure = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  br_if: 0x0d,
  call: 0x10,
  'local.get': 0x20,
  'local.set': 0x21,
  'local.tee': 0x22,
  'i32.const': 0x41,
  'i64.const': 0x42,
  'f32.const': 0x43,
  'f64.const': 0x44,
  'memory.copy': 0xfc0a,
  'memory.fill': 0xfc0b,
  'v128.const': 0xfd0c,
  'i8x16.shuffle': 0xfd0d
} as const
