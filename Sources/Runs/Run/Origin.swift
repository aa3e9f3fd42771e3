public import Formats
import Learning

/// The settings, data and arithmetic with which a run was begun and must be resumed, so that its
/// bits stay the same.
///
/// It stands in every checkpoint; a resumed run compares.
public struct Origin: Sendable {
  /// The settings that may not change, as one object.
  public var settings: JSON
  /// A digest of the data, empty for none.
  public var data: String
  /// The library of matrix products and the precision, which decide the last bits.
  public var arithmetic: String
  private let renewing: @Sendable (JSON) throws -> JSON

  /// - Parameter renewing: reads the settings of an earlier version as this one does, which gives
  ///   what came later its default.
  public init(
    settings: JSON = .object([]), data: String = "", arithmetic: String = "",
    renewing: @escaping @Sendable (JSON) throws -> JSON = { $0 }
  ) {
    self.settings = settings
    self.data = data
    self.arithmetic = arithmetic
    self.renewing = renewing
  }

  private static let keys = (settings: "settings", data: "data", arithmetic: "arithmetic")

  var texts: [String: String] {
    [
      Origin.keys.settings: settings.description, Origin.keys.data: data,
      Origin.keys.arithmetic: arithmetic,
    ]
  }

  /// The settings that the latest readable checkpoint of a run was made with; `nil` for none.
  static func settings(in folder: RunFolder) -> JSON? {
    for path in [folder.lastCheckpoint, folder.previousCheckpoint] {
      guard let texts = try? Checkpoint.metadata(of: path) else { continue }
      return texts[Origin.keys.settings].flatMap { try? JSON(parsing: $0.utf8) }
    }
    return nil
  }

  /// Throws if a checkpoint was made with other settings or data; returns what else differs.
  ///
  /// A checkpoint without these texts, from before they were kept, passes.
  func check(_ progress: SavedProgress, of folder: RunFolder) throws -> String? {
    if let text = progress[Origin.keys.settings], text != settings.description,
      let old = try? JSON(parsing: text.utf8),
      let difference = difference(from: (try? renewing(old)) ?? old)
    {
      throw Failure(
        .badConfiguration, "\(folder.path): \(difference) since its checkpoint was written")
    }
    if let digest = progress[Origin.keys.data], digest != data {
      throw Failure(
        .badData, "\(folder.path): its data have changed since its checkpoint was written")
    }
    guard let before = progress[Origin.keys.arithmetic], before != arithmetic else { return nil }
    return
      "\(folder.path): was computed with \(before), goes on with \(arithmetic): the last digits may differ"
  }

  /// The first setting that is not what it was, in words.
  private func difference(from old: JSON) -> String? {
    guard case .object(let now) = settings, case .object(let before) = old else { return nil }
    func text(_ value: JSON?) -> String { value.map(\.description) ?? "unset" }
    let keys = now.map(\.key) + before.map(\.key)
    return keys.first { settings[$0] ?? .null != old[$0] ?? .null }.map { key in
      "\(key) has changed from \(text(old[key])) to \(text(settings[key]))"
    }
  }
}
