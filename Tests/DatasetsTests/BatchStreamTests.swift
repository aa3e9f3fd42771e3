import Datasets
import Tensors
import Testing

struct BatchStreamTests {
  private let images = Glyphs.images(0..<250, seed: 1)

  @Test("batch k of a stream is that of its epoch, in whatever order batches are asked for")
  func epochs() {
    let stream = BatchStream(images, size: 100, binarization: .dynamic, seed: 5)
    #expect(stream.batchesPerEpoch == 2)
    for index in [5, 0, 4, 1, 2, 3] {
      let epoch = Batches(
        training: images, size: 100, binarization: .dynamic, seed: 5, epoch: index / 2)
      #expect(stream[index].values == epoch[index % 2].values)
    }
    #expect(stream[0].values != stream[2].values)
  }
}
