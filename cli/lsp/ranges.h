#pragma once
// Spans of the loader as ranges and locations of the protocol, and back.

#include "cli/lsp/text_positions.h"
#include "proto/source.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <map>

namespace dynamo::lsp {

boost::json::object position_json(TextPosition position);
TextPosition read_position(const boost::json::value& value);

/// Keeps where the lines of each file begin, as long as it lives; the files must live as long.
class Ranges {
 public:
  explicit Ranges(PositionEncoding encoding) : encoding_(encoding) {}

  [[nodiscard]] PositionEncoding encoding() const { return encoding_; }
  boost::json::object range(const Span& span);

 private:
  PositionEncoding encoding_;
  std::map<const SourceFile*, TextPositions> files_;
};

}  // namespace dynamo::lsp
