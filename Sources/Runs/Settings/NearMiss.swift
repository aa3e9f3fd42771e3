/// The candidate that takes the fewest edits from `word`, if any is close.
package func nearest(to word: String, among candidates: [String]) -> String? {
  let ranked = candidates.map { ($0, editDistance(word.lowercased(), $0.lowercased())) }
  guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, best.0.count / 2) else {
    return nil
  }
  return best.0
}

/// "unknown x 'word'; did you mean 'near'?" or the list of what is known.
package func unknown(_ kind: String, _ word: String, among candidates: [String]) -> String {
  if let near = nearest(to: word, among: candidates) {
    return "unknown \(kind) '\(word)'; did you mean '\(near)'?"
  }
  return "unknown \(kind) '\(word)'; known are \(candidates.joined(separator: ", "))"
}

/// Levenshtein's distance.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let substituted = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
    }
  }
  return row[b.count]
}
