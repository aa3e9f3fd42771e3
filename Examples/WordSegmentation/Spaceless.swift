/// Lines of a text without their spaces, and where the words ended.
struct Spaceless {
  /// The letters of each line, lowercase.
  var lines: [[Character]] = []
  /// For each line, the places where one word ends and the next begins.
  var boundaries: [Set<Int>] = []

  /// The lines of a text, longer ones cut after so many letters.
  ///
  /// Apostrophes belong to a word, and all else that is not a letter ends one. Lines without a
  /// letter are left out.
  init(_ text: String, longestLine: Int = 60) {
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.lowercased().replacing("'", with: "").split { !$0.isLetter }
      let letters = Array(words.joined())
      var ends: [Int] = []
      for word in words { ends.append((ends.last ?? 0) + word.count) }
      for start in stride(from: 0, to: letters.count, by: longestLine) {
        let own = start..<min(letters.count, start + longestLine)
        lines.append(Array(letters[own]))
        boundaries.append(
          Set(ends.filter { own.contains($0) && $0 > start }.map { $0 - start }))
      }
    }
  }

  /// The boundaries of a cut, given by the lengths of its segments.
  static func boundaries(of lengths: [Int]) -> Set<Int> {
    var (ends, end) = (Set<Int>(), 0)
    for length in lengths.dropLast() {
      end += length
      ends.insert(end)
    }
    return ends
  }
}

/// How well boundaries were found.
struct BoundaryScore {
  private var (found, right, existing) = (0, 0, 0)

  mutating func add(_ guess: Set<Int>, truth: Set<Int>) {
    found += guess.count
    right += guess.intersection(truth).count
    existing += truth.count
  }

  var precision: Double { found == 0 ? 0 : Double(right) / Double(found) }
  var recall: Double { existing == 0 ? 0 : Double(right) / Double(existing) }
  var f1: Double {
    found + existing == 0 ? 0 : 2 * Double(right) / Double(found + existing)
  }
}
