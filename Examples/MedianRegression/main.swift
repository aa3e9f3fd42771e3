import Foundation
import SwiftDiscrete

// Quantile regression through a relaxed sort: Grover, Wang, Zweig and Ermon (2019), section 5.2.
// The median of the numbers that images show is learned from sequences of images and their medians.
// MedianRegression [--data FOLDER] [--length 5] [--digits 2] [--steps 1000] [--temperature 1];
// without data the built-in digits are drawn.
var options = [
  "--data": "", "--length": "5", "--digits": "2", "--steps": "1000", "--temperature": "1",
]

func stop(_ message: String) -> Never {
  FileHandle.standardError.write(Data("MedianRegression: \(message)\n".utf8))
  exit(64)
}

let words = Array(CommandLine.arguments.dropFirst())
for index in stride(from: 0, to: words.count, by: 2) {
  guard options[words[index]] != nil, index + 1 < words.count else {
    stop(
      "\(words[index]) is not one of \(options.keys.sorted().joined(separator: ", ")) with a value")
  }
  options[words[index]] = words[index + 1]
}

@MainActor func whole(_ name: String, _ range: ClosedRange<Int>) -> Int {
  guard let value = Int(options[name] ?? ""), range.contains(value) else {
    stop("\(name) is \(options[name] ?? ""), expected a whole number in \(range)")
  }
  return value
}

let (digits, steps) = (whole("--digits", 1...4), whole("--steps", 1...1_000_000))
let length = whole("--length", 1...min(99, DigitSequences.numberCount(digits: digits)))
guard length % 2 == 1 else { stop("--length is \(length), an even number has no middle") }
guard let temperature = Double(options["--temperature"] ?? ""), temperature > 0,
  temperature.isFinite
else { stop("--temperature is \(options["--temperature"] ?? ""), expected a positive number") }

let folder = options["--data"] ?? ""
let data: ImageData
do {
  data = folder.isEmpty ? Glyphs.data(seed: 1) : try ImageData(folder: folder, holdOut: true)
} catch {
  stop("\(error)")
}
for set in [data.training, data.test] {
  let labels = Set((0..<set.count).compactMap { set.label(of: $0) })
  guard labels.isSuperset(of: 0..<10), set.width >= 4, set.height >= 4 else {
    stop("\(folder): images of 4 x 4 at least that are labeled 0 to 9 were expected")
  }
}

let training = DigitSequences(images: data.training, length: length, digits: digits)
let test = DigitSequences(images: data.test, length: length, digits: digits)
let most = Scalar(DigitSequences.numberCount(digits: digits))

/// Images and the medians of their numbers, in 0..<1.
func sequences(
  _ count: Int, of data: DigitSequences, from generator: Philox
) -> (items: Tensor, medians: Tensor) {
  let batch = data.batch(count, from: generator)
  let sorted = batch.values.takingAlong(batch.order, axis: 1)
  return (batch.items, sorted.sliced(along: 1, at: length / 2) * (1 / most))
}

var generator = Philox(seed: 1)
var trainer = Trainer(
  Regressor(size: training.size, temperature: temperature, using: &generator), optimizer: Adam(),
  learningRate: 1e-3, schedule: .cosine(over: steps))
let start = Date()
for step in 1...steps {
  let (items, medians) = sequences(20, of: training, from: generator.split())
  let loss = try trainer.descend { ($0.medians(of: items) - medians).squared().mean() }
  if step.isMultiple(of: max(1, steps / 5)) {
    print("step \(step): squared error \(loss), \(Int(Date().timeIntervalSince(start))) s")
  }
}

var errors: [(name: String, sum: Double)] = [("the constant", 0), ("relaxed", 0), ("hard", 0)]
for _ in 0..<20 {
  let (items, medians) = sequences(50, of: test, from: generator.split())
  let guesses = [
    // By symmetry the mean of the medians of different numbers is that of all numbers.
    Tensor.full((most - 1) / 2 / most, [50]), trainer.model.medians(of: items),
    trainer.model.medians(of: items, isHard: true),
  ]
  for (place, guess) in guesses.enumerated() {
    errors[place].sum += Double((guess - medians).squared().mean().item) / 20
  }
}
print("1000 sequences of \(length) numbers of \(digits) digits, scaled to 0..<1")
for (name, error) in errors {
  let share = String(format: "%.4f", 1 - error / errors[0].sum)
  print("\(name): squared error \(String(format: "%.5f", error)), R² \(share)")
}
