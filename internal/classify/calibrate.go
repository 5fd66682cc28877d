package classify

import (
	"math"

	"github.com/teletipo/teletipo/internal/news"
)

// calibrate works out from which scores a topic publishes and doubts. Without a calibration it
// publishes from its threshold, and doubts nothing.
func (t *topic) calibrate(of news.Topic) {
	t.calibration, t.doubt = of.Calibration, math.MaxInt64
	slope := of.Calibration.Slope
	if slope <= 0 {
		return
	}
	scoreAt := func(p float64) hundredth {
		score := of.Calibration.Middle + math.Log(p/(1-p))/slope
		return hundredth(math.Ceil(math.Min(score, maxAmount)*100 - 1e-6))
	}
	if of.Publish > 0 && of.Publish < 1 {
		if at := scoreAt(of.Publish); at > t.threshold {
			t.threshold, t.limit = at, float64(at)/100
		}
	}
	if of.Doubt > 0 && of.Doubt < 1 {
		t.doubt = max(1, scoreAt(of.Doubt))
	}
}

// probability is how likely a score's placement is right, in hundredths; 0 if nobody has measured.
func (t *topic) probability(score hundredth) float64 {
	c := t.calibration
	if c.Slope <= 0 {
		return 0
	}
	p := 1 / (1 + math.Exp(-c.Slope*(float64(score)/100-c.Middle)))
	return math.Round(p*100) / 100
}

// doubtful reports whether somebody should decide about a score.
func (t *topic) doubtful(score hundredth) bool { return score >= t.doubt && score < t.threshold }
