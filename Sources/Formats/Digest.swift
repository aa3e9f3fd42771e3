#if canImport(CryptoKit)
  import CryptoKit
#else
  import CCrypto
#endif

/// The hash by which published files are known.
package enum Digest {
  /// The 64 hexadecimal digits of the SHA-256 of some bytes.
  package static func sha256(of bytes: [UInt8]) -> String {
    #if canImport(CryptoKit)
      let digest = Array(SHA256.hash(data: bytes))
    #else
      var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
      _ = SHA256(bytes, bytes.count, &digest)
    #endif
    return digest.map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }
}
