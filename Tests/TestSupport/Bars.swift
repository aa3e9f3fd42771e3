import Foundation

/// The beginning of an IDX file of unsigned bytes.
package func idxHeader(_ shape: [UInt32]) -> [UInt8] {
  [0, 0, 8, UInt8(shape.count)]
    + shape.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
}

/// Images of 4 x 4 with a vertical or horizontal bar, as an IDX file.
package func barImages(_ count: Int) -> [UInt8] {
  var bytes = idxHeader([UInt32(count), 4, 4])
  for image in 0..<count {
    for pixel in 0..<16 {
      let place = image.isMultiple(of: 2) ? pixel % 4 : pixel / 4
      bytes.append(place == image / 2 % 4 ? 230 : UInt8((image * 7 + pixel) % 25))
    }
  }
  return bytes
}

/// Labels as an IDX file.
package func labels(_ count: Int) -> [UInt8] {
  idxHeader([UInt32(count)]) + (0..<count).map { UInt8($0 % 2) }
}

/// Makes a folder of data with 64 training images: ten of them are held out, so that six steps are
/// an epoch in batches of nine.
package func makeBars(at path: String) throws {
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  try write(barImages(64), to: "\(path)/train-images-idx3-ubyte")
  try write(labels(64), to: "\(path)/train-labels-idx1-ubyte")
  try write(barImages(12), to: "\(path)/t10k-images-idx3-ubyte")
  try write(labels(12), to: "\(path)/t10k-labels-idx1-ubyte")
}
