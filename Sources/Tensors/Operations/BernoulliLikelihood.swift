import CKernels

extension Tensor {
  /// The log-probability of bits under independent logits, summed over the last axis, in one pass.
  ///
  /// sum_j (x_j l_j - softplus(l_j)) for logits and bits that agree in a suffix of their shapes;
  /// the one of lower rank is repeated along the leading axes of the other. The bits have no
  /// gradient.
  public func bernoulliLogProbability(of bits: Bits) -> Tensor {
    let x = bits.tensor
    let long = rank >= x.rank ? shape : x.shape
    require(
      rank >= 1 && x.rank >= 1 && long.suffix(rank) == shape[...]
        && long.suffix(x.rank) == x.shape[...],
      "log-probability of bits \(x.shape) under logits \(shape)")
    let n = shape[rank - 1]
    let batch = Array(long.dropLast())
    let rows = Shape.count(batch)
    let logitsRows = Shape.count(Array(shape.dropLast()))
    let bitsRows = Shape.count(Array(x.shape.dropLast()))
    // Logits that are used once have their slopes from the same pass.
    let (value, slopes) = Tensor.writing(
      batch, isTracked && rows == logitsRows ? batch + [n] : nil
    ) { target, slopes in
      Tensor.reading(contiguous(), x) { logits, bits in
        Kernels.bernoulliLogProbability(rows, n, logits, logitsRows, bits, bitsRows, target, slopes)
      }
    }
    return value.recording(self) { context in
      let (logits, cotangent) = (context.inputs[0], context.cotangent)
      if cotangent.isTracked || logits.isTracked {
        let residual = x - logits.sigmoid()
        return [(cotangent.expandingDimensions(at: -1) * residual).summed(to: logits.shape)]
      }
      if let slopes {
        return [(cotangent.expandingDimensions(at: -1) * slopes).reshaped(logits.shape)]
      }
      let (plain, weights) = (logits.contiguous(), cotangent.contiguous())
      return [
        Tensor(shape: logits.shape) { buffer in
          guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
          Tensor.reading(weights, plain, x) { weights, plain, bits in
            Kernels.bernoulliLogProbabilityBackward(
              rows, n, weights, plain, logitsRows, bits, bitsRows, target)
          }
        }
      ]
    }
  }
}
