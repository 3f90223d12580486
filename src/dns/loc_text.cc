// LOC RDATA (RFC 1876 section 2): version, size, horizontal and vertical precision, latitude,
// longitude, altitude.
#include <array>

#include "dns/rdata_fields.h"
#include "dns/text_encoding.h"

namespace dnswarm {
namespace {

constexpr size_t loc_octets = 16;
constexpr uint32_t equator = uint32_t{1} << 31;      // 0 degrees, in 1/1000 of an arc second
constexpr uint32_t degree = 3'600'000;
constexpr uint32_t reference_altitude = 10'000'000;  // cm: 100 km below the WGS 84 spheroid

// A size or precision in cm: a decimal digit and a power of ten.
bool precision_is_valid(uint8_t precision) { return precision >> 4 <= 9 && (precision & 15) <= 9; }

void append_precision(uint8_t precision, std::string& out) {
  const unsigned power = precision & 15;
  const uint32_t digit = precision >> 4;
  if (power < 2) {
    out += "0.";
    append_decimal_padded(power == 0 ? digit : digit * 10, 2, out);
  } else {
    append_decimal(digit, out);
    if (digit != 0) out.append(power - 2, '0');
  }
  out += 'm';
}

uint32_t distance(uint32_t angle) { return angle >= equator ? angle - equator : equator - angle; }

void append_angle(uint32_t angle, char positive, char negative, std::string& out) {
  const uint32_t milliseconds = distance(angle);
  append_decimal(milliseconds / degree, out);
  out += ' ';
  append_decimal(milliseconds / 60'000 % 60, out);
  out += ' ';
  append_decimal(milliseconds / 1000 % 60, out);
  out += '.';
  append_decimal_padded(milliseconds % 1000, 3, out);
  out += ' ';
  out += angle >= equator ? positive : negative;
}

}  // namespace

bool loc_is_valid(Octets octets) {
  if (octets.size() != loc_octets) return false;
  OctetReader in(octets);
  in.skip(1);  // the version is 0: others have no known format
  for (int i = 0; i < 3; ++i) {
    if (!precision_is_valid(in.u8())) return false;
  }
  return distance(in.u32()) <= 90 * degree && distance(in.u32()) <= 180 * degree;
}

void append_loc(Octets octets, std::string& out) {
  OctetReader in(octets);
  in.skip(1);
  const std::array<uint8_t, 3> precisions = {in.u8(), in.u8(), in.u8()};
  append_angle(in.u32(), 'N', 'S', out);
  out += ' ';
  append_angle(in.u32(), 'E', 'W', out);
  out += ' ';
  const uint32_t altitude = in.u32();
  const bool below = altitude < reference_altitude;
  const uint32_t height = below ? reference_altitude - altitude : altitude - reference_altitude;
  if (below) out += '-';
  append_decimal(height / 100, out);
  out += '.';
  append_decimal_padded(height % 100, 2, out);
  out += 'm';
  for (uint8_t precision : precisions) {
    out += ' ';
    append_precision(precision, out);
  }
}

}  // namespace dnswarm
