// How a value that is out of its range is refused, in words.
#ifndef DNSWARM_BASE_RANGE_TEXT_H_
#define DNSWARM_BASE_RANGE_TEXT_H_

#include <cstdio>
#include <string>

namespace dnswarm {

inline std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

// "timeout is 10, must be 50-60000 ms"; empty where it fits. `unit` starts with a blank, or is empty.
inline std::string range_error(const char* field, double value, double min, double max, const char* unit) {
  if (value >= min && value <= max) return {};
  return std::string(field) + " is " + number_text(value) + ", must be " + number_text(min) + "-" +
         number_text(max) + unit;
}

}  // namespace dnswarm

#endif  // DNSWARM_BASE_RANGE_TEXT_H_
