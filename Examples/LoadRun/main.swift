import SwiftDiscrete

// The folder is one that `discrete train belief-network --out FOLDER` or `train vae` has left.
let model = try TrainedImageModel(run: CommandLine.arguments[1], checkpoint: .best)
let test = try model.data().test
let found = try model.evaluate(on: test, samples: 10)
print("\(found.images) test images: bound \(found.bound), log-likelihood \(found.logLikelihood)")

let codes = model.encode(test)
print("codes \(codes.shape), of which \(codes.tensor.mean().item) are ones")

var picture = ImageGrid(width: model.width, height: model.height, columns: 10)
picture.append(model.sample(40, seed: 7))
try atomicWrite(picture.png(), to: "samples.png")
