#pragma once
// One look for every picture. Dark text on light boxes can be read on a light and on a dark page; what stands on the
// page itself takes the page's colours (Mermaid) or has a style of its own for dark pages (SVG).

#include <string_view>

namespace dynamo {

struct BoxColors {
  std::string_view fill;
  std::string_view line;
};

inline constexpr BoxColors slot_colors{"#f1f5f9", "#64748b"};
inline constexpr BoxColors entry_colors{"#dbeafe", "#2563eb"};
inline constexpr BoxColors sidecar_colors{"#fef3c7", "#d97706"};
inline constexpr BoxColors address_colors{"#ffffff", "#64748b"};
inline constexpr std::string_view door_color = "#2563eb";
inline constexpr std::string_view text_color = "#0f172a";
inline constexpr std::string_view note_color = "#475569";
inline constexpr std::string_view frame_color = "#94a3b8";

}  // namespace dynamo
