import Foundation
import SwiftDiscrete

// Words of a text whose spaces were removed, found without ever seeing a word: a lexicon of all
// that is frequent is fitted by the likelihood of the lines, summed over all of their
// segmentations. WordSegmentation FILE [EPOCHS]; a book's worth of plain text is needed to find
// good words.
func stop(_ message: String, _ code: Int32) -> Never {
  FileHandle.standardError.write(Data("WordSegmentation: \(message)\n".utf8))
  exit(code)
}

let words = CommandLine.arguments.dropFirst()
guard (1...2).contains(words.count), let path = words.first,
  let epochs = words.count == 2 ? Int(words[2]) : 3, epochs > 0
else { stop("expected a text file and a positive number of epochs", 64) }
let spaced: String
do {
  spaced = try text(at: path)
} catch {
  stop("\(error)", 66)
}

let longest = 10
let corpus = Spaceless(spaced)
let testStart = corpus.lines.count * 9 / 10
guard testStart >= 10 else {
  stop("\(path): 10 lines with letters were expected, \(corpus.lines.count) were found", 65)
}
let structures = (0...60).map { $0 == 0 ? nil : Segmentation(steps: $0, longest: longest) }
var generator = Philox(seed: 1)
let lexicon = Lexicon(
  of: Array(corpus.lines[..<testStart]), letters: Set(corpus.lines.joined()), longest: longest,
  minimumCount: 3)
print("\(testStart) lines, \(lexicon.wordCount) candidates for words")

let batch = min(100, testStart)
let steps = epochs * (testStart / batch)
var trainer = Trainer(
  lexicon, optimizer: Adam(), learningRate: 0.1, schedule: .cosine(over: steps))
let start = Date()
var sum = 0.0
for step in 1...steps {
  let lines = (0..<batch).map { _ in corpus.lines[Int.random(in: 0..<testStart, using: &generator)]
  }
  let letters = Scalar(lines.reduce(0) { $0 + $1.count })
  sum += Double(
    try trainer.descend { -$0.law(of: lines, structures).logNormalizer.sum() / letters })
  let period = max(1, steps / 5)
  if step.isMultiple(of: period) {
    let loss = String(format: "%.3f", sum / Double(period))
    print("step \(step): \(loss) nats a letter, \(Int(Date().timeIntervalSince(start))) s")
    sum = 0
  }
}

/// The lengths of the segments of each line, of bits [1, lines, parts].
func lengths(_ bits: Bits) -> [[Int]] {
  let (values, parts) = (bits.tensor.scalars, bits.tensor.shape[2])
  return (0..<bits.tensor.shape[1]).map { line in
    (0..<parts).filter { values[line * parts + $0] != 0 }.map { $0 % longest + 1 }
  }
}

let test = Array(corpus.lines[testStart...])
let truth = Array(corpus.boundaries[testStart...])
let lettersInAll = test.reduce(0) { $0 + $1.count }
let wordsInAll = zip(test, truth).reduce(0) { $0 + $1.1.count + 1 }
let meanLength = max(1, Int((Double(lettersInAll) / Double(wordsInAll)).rounded()))
let law = trainer.model.law(of: test, structures)
let best = lengths(law.mode())
let uniform = Gibbs(
  logits: Tensor.zeros(law.logits.shape), structure: law.structure,
  members: test.compactMap { structures[$0.count] })
let rows: [(name: String, lengths: [[Int]])] = [
  ("likeliest", best),
  ("uniform", lengths(uniform.sample(1, using: &generator))),
  (
    "every \(meanLength)",
    test.map { line in
      stride(from: 0, to: line.count, by: meanLength).map { min(meanLength, line.count - $0) }
    }
  ),
]
print("boundaries in \(test.count) lines that were held out: precision, recall, F1")
for row in rows {
  var score = BoundaryScore()
  for (found, truth) in zip(row.lengths, truth) {
    score.add(Spaceless.boundaries(of: found), truth: truth)
  }
  let figures = [score.precision, score.recall, score.f1].map { String(format: "%.3f", $0) }
  print("\(row.name): \(figures.joined(separator: " "))")
}
for (line, lengths) in zip(test, best).prefix(5) {
  var place = 0
  let words = lengths.map { length in
    defer { place += length }
    return String(line[place..<place + length])
  }
  print("  \(words.joined(separator: " "))")
}
