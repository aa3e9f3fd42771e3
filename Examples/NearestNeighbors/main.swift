import Foundation
import SwiftDiscrete

// Nearest neighbors whose distance is learned through the choice of the neighbors: Grover, Wang,
// Zweig and Ermon (2019), section 5.3. NearestNeighbors [--data FOLDER] [--steps 1500] [--k 5]
// [--temperature 1]; without data the built-in digits are drawn.
var options = ["--data": "", "--steps": "1500", "--k": "5", "--temperature": "1"]

func stop(_ message: String) -> Never {
  FileHandle.standardError.write(Data("NearestNeighbors: \(message)\n".utf8))
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
guard let steps = Int(options["--steps"] ?? ""), steps > 0,
  let k = Int(options["--k"] ?? ""), (1...100).contains(k),
  let temperature = Double(options["--temperature"] ?? ""), temperature > 0, temperature.isFinite
else { stop("--steps and --temperature are positive numbers, --k is one from 1 to 100") }

let folder = options["--data"] ?? ""
let data: ImageData
do {
  data = folder.isEmpty ? Glyphs.data(seed: 1) : try ImageData(folder: folder, holdOut: true)
} catch {
  stop("\(error)")
}
guard data.training.isLabeled, data.test.isLabeled, min(data.test.width, data.test.height) >= 16
else { stop("\(folder): labeled images of 16 x 16 at least were expected") }

let training = Examples(data.training, 0..<data.training.count)
let test = Examples(data.test, 0..<data.test.count)
let start = Date()

func report(_ name: String, _ points: Tensor, _ queries: Tensor) {
  let accuracy = Neighbors(points: points, labels: training.labels)
    .accuracy(of: queries, labels: test.labels, k: k)
  let seconds = Int(Date().timeIntervalSince(start))
  print(
    "\(name): \(String(format: "%.2f", 100 * accuracy))% of \(test.labels.count) right, \(seconds) s"
  )
}

print("\(k) nearest of \(training.labels.count) images")
report(
  "by pixels", training.images.reshaped([training.labels.count, data.test.pixelCount]),
  test.images.reshaped([test.labels.count, data.test.pixelCount]))

var generator = Philox(seed: 1)
var trainer = Trainer(
  Embedding(height: data.test.height, width: data.test.width, using: &generator),
  optimizer: Adam(), learningRate: 1e-3, schedule: .cosine(over: steps))
for step in 1...steps {
  let chosen = (0..<200).map { _ in
    Int.random(in: 0..<training.labels.count, using: &generator)
  }
  let (queries, candidates) = (
    Examples(data.training, chosen[..<100]), Examples(data.training, chosen[100...])
  )
  let loss = try trainer.descend {
    $0.loss(queries, candidates, k: k, temperature: temperature)
  }
  if step.isMultiple(of: max(1, steps / 5)) { print("step \(step): loss \(loss)") }
}

report(
  "by what was learned", trainer.model.points(of: training.images),
  trainer.model.points(of: test.images))
