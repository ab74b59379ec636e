/** Above this, six terms of the series are exact to the last digits of a double. */
const SERIES_FROM = 12;

/**
 * The natural logarithm of the gamma function, for x > 0: Stirling's series (Abramowitz and Stegun, 6.1.41), smaller
 * arguments shifted up by gamma(x + 1) = x gamma(x).
 */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < SERIES_FROM) {
    product *= shifted;
    shifted++;
  }
  const inverse = 1 / (shifted * shifted);
  const series =
    1 / 12 -
    inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse * (1 / 1188 - (inverse * 691) / 360360))));
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + Math.log(2 * Math.PI) / 2 + series / shifted - Math.log(product)
  );
}
