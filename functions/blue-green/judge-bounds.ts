/**
 * How bad the true error rate may still be, given what was counted. Pure; used by `judge`.
 *
 * Clopper–Pearson, because it is exact: its true error is never above the one that is named, also for no errors at all,
 * where Wilson's interval is too short in the way that matters here (it would commit with fewer requests than the proof
 * needs). It is conservative: it asks for a few more requests. Own code, because the bound is the root of a binomial sum
 * with as many terms as there were errors; the beta quantile of a statistics package gives the same digits and brings
 * a hundred files into each bundle.
 */

/** log P(X ≤ k) for X ~ Binomial(n, p), 0 < p < 1; by its largest term, so that nothing underflows. */
function logCdf(k: number, n: number, p: number): number {
  const odds = Math.log(p) - Math.log1p(-p);
  let term = n * Math.log1p(-p);
  let largest = term;
  const terms = [term];
  for (let i = 1; i <= k; i++) {
    term += Math.log((n - i + 1) / i) + odds;
    terms.push(term);
    if (term > largest) largest = term;
  }
  return largest + Math.log(terms.reduce((sum, each) => sum + Math.exp(each - largest), 0));
}

const HALVINGS = 40;

/**
 * The largest rate under which so few errors are still as likely as 1 − confidence. 1 when nothing was counted. Of 0 in n
 * it is 1 − (1 − confidence)^(1/n): 299 requests bound the rate below 1 % with 95 %.
 */
export function upperBound(errors: number, requests: number, confidence = 0.95): number {
  if (requests <= 0 || errors >= requests) return 1;
  const wanted = Math.log(1 - confidence);
  let low = errors / requests;
  let high = 1;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (logCdf(errors, requests, middle) > wanted) low = middle;
    else high = middle;
  }
  return high;
}
