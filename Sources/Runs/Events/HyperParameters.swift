import Formats

/// The settings of a run for TensorBoard's table of hyper-parameters.
enum HyperParameters {
  /// The settings, at the beginning of a session.
  static func start(_ settings: JSON, group: String) -> SummaryValue {
    let session = ProtobufMessage { session in
      guard case .object(let members) = settings else { return }
      for member in members where member.value != .null {
        session.add(
          1,
          ProtobufMessage { entry in
            entry.add(1, member.key)
            entry.add(2, value(member.value))
          })
      }
      session.add(4, group)
      session.add(5, EventFile.now)
    }
    return .hyperParameters("_hparams_/session_start_info", ProtobufMessage { $0.add(3, session) })
  }

  /// The end of a finished run.
  ///
  /// A reader keeps the first end that it finds, so a session after which the run may go on has
  /// none.
  static func end() -> SummaryValue {
    let session = ProtobufMessage { session in
      session.add(1, success)
      session.add(2, EventFile.now)
    }
    return .hyperParameters("_hparams_/session_end_info", ProtobufMessage { $0.add(4, session) })
  }

  /// The status codes of the plug-in.
  private static let success = 1

  private static func value(_ value: JSON) -> ProtobufMessage {
    ProtobufMessage { message in
      switch value {
      case .number(let number): message.add(2, number)
      case .bool(let bool): message.add(4, bool)
      default: message.add(3, value.typed)
      }
    }
  }
}
