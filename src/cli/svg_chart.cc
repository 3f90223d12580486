#include "cli/svg_chart.h"

#include <algorithm>
#include <cmath>

#include "cli/formatted_text.h"

namespace dnswarm::cli {
namespace {

constexpr double width = 880, height = 330;
constexpr double left = 76, right = 18, top = 14, bottom = 52;
constexpr size_t markers_max = 120;  // more points than that are a line

// The next of 1, 2, 5 times a power of ten, up or down.
double round_value(double value, bool up) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  const double factors[] = {1, 2, 5, 10};
  for (size_t i = 0; i + 1 < std::size(factors); ++i) {
    if (value <= factors[i] * power * (1 + 1e-9) && up) return factors[i] * power;
    if (value < factors[i + 1] * power * (1 - 1e-9) && !up) return factors[i] * power;
  }
  return 10 * power;
}

// The step among 1, 2, 5 times a power of ten that gives at most `count` ticks.
double round_step(double span, int count) {
  const double rough = span / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

// One axis: where a value lies, and its ticks.
class Axis {
 public:
  Axis(double low, double high, bool logarithmic, double from, double to)
      : low_(low), high_(high), logarithmic_(logarithmic), from_(from), to_(to) {}

  double place(double value) const {
    const double share =
        logarithmic_ ? std::log(value / low_) / std::log(high_ / low_) : (value - low_) / (high_ - low_);
    return from_ + share * (to_ - from_);
  }
  bool holds(double value) const { return value >= low_ * (1 - 1e-9) && value <= high_ * (1 + 1e-9); }

  std::vector<double> ticks(int count) const {
    std::vector<double> out;
    if (!logarithmic_) {
      const double step = round_step(high_ - low_, count);
      for (double tick = std::ceil(low_ / step - 1e-9) * step; tick <= high_ + step * 1e-9; tick += step) {
        out.push_back(std::abs(tick) < step * 1e-9 ? 0 : tick);
      }
      return out;
    }
    const bool is_wide = high_ / low_ > 2000;
    for (double power = std::pow(10, std::floor(std::log10(low_))); power <= high_; power *= 10) {
      for (const double factor : {1.0, 2.0, 5.0}) {
        if ((factor == 1 || !is_wide) && holds(factor * power)) out.push_back(factor * power);
      }
    }
    return out;
  }

 private:
  double low_, high_;
  bool logarithmic_;
  double from_, to_;
};

struct Extent {
  double x_low = INFINITY, x_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY;
};

Extent extent_of(const Chart& chart) {
  Extent e;
  for (const ChartLine& line : chart.lines) {
    for (const ChartPoint& point : line.points) {
      if (chart.y_logarithmic && point.y <= 0) continue;
      e.x_low = std::min(e.x_low, point.x);
      e.x_high = std::max(e.x_high, point.x);
      e.y_low = std::min(e.y_low, point.y);
      e.y_high = std::max(e.y_high, point.y);
    }
  }
  if (e.x_low > e.x_high) e = {0, 1, 1, 10};
  if (e.x_high == e.x_low) e.x_high = e.x_low + 1;
  if (chart.y_logarithmic) {
    e.y_low = round_value(e.y_low, false);
    e.y_high = round_value(e.y_high * 1.0001, true);  // a flat line still gets a scale
  } else {
    e.y_low = 0;
    e.y_high = e.y_high > 0 ? e.y_high * 1.06 : 1;
  }
  return e;
}

class Drawing {
 public:
  explicit Drawing(const Chart& chart)
      : chart_(chart),
        extent_(extent_of(chart)),
        x_(extent_.x_low, extent_.x_high, false, left, width - right),
        y_(extent_.y_low, extent_.y_high, chart.y_logarithmic, height - bottom, top) {}

  std::string html() {
    out_ = "<figure><figcaption>" + html_text(chart_.title) + "</figcaption>\n<div class=legend>";
    for (size_t i = 0; i < chart_.lines.size(); ++i) {
      print(out_, "<span class=c%zu><i></i>", i);
      out_ += html_text(chart_.lines[i].name) + "</span>";
    }
    print(out_, "</div>\n<svg viewBox=\"0 0 %g %g\" role=img aria-label=\"", width, height);
    out_ += html_text(chart_.title) + "\">\n";
    draw_axes();
    draw_mark();
    for (size_t i = 0; i < chart_.lines.size(); ++i) draw_line(i);
    return out_ + "</svg></figure>\n";
  }

 private:
  void draw_axes() {
    for (const double tick : y_.ticks(6)) {
      print(out_, "<path class=grid d=\"M%g %.1fH%g\"/><text class=tick x=%g y=%.1f text-anchor=end>", left,
            y_.place(tick), width - right, left - 8, y_.place(tick) + 4);
      out_ += html_text(chart_.y_text(tick)) + "</text>\n";
    }
    for (const ChartTick& tick : x_ticks()) {
      print(out_, "<path class=grid d=\"M%.1f %gV%g\"/><text class=tick x=%.1f y=%g text-anchor=middle>",
            x_.place(tick.at), top, height - bottom, x_.place(tick.at), height - bottom + 18);
      out_ += html_text(tick.text) + "</text>\n";
    }
    print(out_, "<text class=label x=%g y=%g text-anchor=middle>", (left + width - right) / 2, height - 8);
    out_ += html_text(chart_.x_label) + "</text>\n";
    const double middle = (top + height - bottom) / 2;
    print(out_, "<text class=label transform=\"translate(14 %g) rotate(-90)\" text-anchor=middle>", middle);
    out_ += html_text(chart_.y_label) + "</text>\n";
  }

  std::vector<ChartTick> x_ticks() const {
    std::vector<ChartTick> ticks;
    for (const ChartTick& tick : chart_.x_ticks) {
      if (x_.holds(tick.at)) ticks.push_back(tick);
    }
    if (!chart_.x_ticks.empty()) return ticks;
    for (const double tick : x_.ticks(9)) ticks.push_back({tick, chart_.x_text(tick)});
    return ticks;
  }

  void draw_mark() {
    if (!chart_.mark || !x_.holds(chart_.mark->at)) return;
    const double x = x_.place(chart_.mark->at);
    const bool is_right = x > width * 0.7;
    print(out_, "<path class=mark d=\"M%.1f %gV%g\"/><text class=marktext x=%.1f y=%g text-anchor=%s>", x,
          top, height - bottom, is_right ? x - 6 : x + 6, top + 14, is_right ? "end" : "start");
    out_ += html_text(chart_.mark->text) + "</text>\n";
  }

  void draw_line(size_t i) {
    const ChartLine& line = chart_.lines[i];
    std::string path, markers;
    char command = 'M';
    for (const ChartPoint& point : line.points) {
      if (chart_.y_logarithmic && point.y <= 0) {
        command = 'M';  // a gap
        continue;
      }
      print(path, "%c%.1f %.1f", command, x_.place(point.x), y_.place(point.y));
      command = 'L';
      if (line.points.size() > markers_max) continue;
      print(markers, "<circle class=c%zu cx=%.1f cy=%.1f r=3><title>", i, x_.place(point.x),
            y_.place(point.y));
      markers += html_text(line.name + ": " + chart_.y_text(point.y) + " at " + chart_.x_text(point.x)) +
                 "</title></circle>\n";
    }
    if (!path.empty()) print(out_, "<path class=\"line c%zu\" d=\"", i);
    if (!path.empty()) out_ += path + "\"/>\n" + markers;
  }

  const Chart& chart_;
  const Extent extent_;
  const Axis x_, y_;
  std::string out_;
};

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string chart_html(const Chart& chart) { return Drawing(chart).html(); }

}  // namespace dnswarm::cli
