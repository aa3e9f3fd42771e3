#if canImport(CryptoKit)
  import CryptoKit
#else
  import CCrypto
#endif

/// The hash by which published files are known.
package enum Digest {
  /// The 64 hexadecimal digits of the SHA-256 of some bytes.
  package static func sha256(of bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { sha256(of: $0) }
  }

  package static func sha256(of bytes: UnsafeRawBufferPointer) -> String {
    #if canImport(CryptoKit)
      var hash = SHA256()
      hash.update(bufferPointer: bytes)
      let digest = Array(hash.finalize())
    #else
      var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
      _ = SHA256(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &digest)
    #endif
    return digest.map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }

  /// One digest of texts, such as the digests of parts, in order.
  package static func sha256(ofTexts texts: [String]) -> String {
    sha256(of: Array(texts.map { "\($0.utf8.count):\($0)" }.joined().utf8))
  }
}
