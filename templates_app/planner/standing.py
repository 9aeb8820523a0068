"""How common and how useful each exercise of the library is for a plan: a coach's judgement (ours), one word each.

What stands in none of these tables is taken for solid: people's own exercises, and what is added to the library until a
coach has judged it.
"""

from __future__ import annotations

from typing import Final, Literal

from templates_app.planner.catalogue import CatalogueExercise
from templates_app.planner.vocabulary import words

Standing = Literal["staple", "solid", "second", "specialty", "preparation"]

STAPLES: Final = words("""
    assisted-pull-up band-assisted-pull-up band-pull-apart barbell-back-squat barbell-bench-press barbell-curl
    barbell-deadlift barbell-hip-thrust barbell-overhead-press barbell-row bodyweight-calf-raise bodyweight-lunge
    bodyweight-squat bulgarian-split-squat cable-crunch cable-curl cable-face-pull cable-lateral-raise
    chest-supported-dumbbell-row chin-up dead-bug dumbbell-bench-press dumbbell-curl dumbbell-lateral-raise
    dumbbell-overhead-triceps-extension dumbbell-rear-delt-fly dumbbell-reverse-lunge dumbbell-romanian-deadlift
    dumbbell-row dumbbell-shoulder-press dumbbell-step-up ez-bar-curl glute-bridge goblet-squat hammer-curl
    hamstring-walkout hanging-knee-raise incline-dumbbell-bench-press incline-dumbbell-curl inverted-row
    knee-push-up lat-pulldown leg-extension leg-press lying-leg-curl machine-chest-press machine-rear-delt-fly
    machine-row machine-shoulder-press overhead-cable-triceps-extension pallof-press plank pull-up push-up
    romanian-deadlift seated-cable-row seated-leg-curl side-plank single-leg-calf-raise single-leg-glute-bridge
    skull-crusher standing-calf-raise standing-dumbbell-calf-raise suspension-row trap-bar-deadlift triceps-pushdown
    """)
"""What a coach names first."""
SOLID: Final = words("""
    ab-wheel-rollout archer-push-up arnold-press assisted-chin-up assisted-dip assisted-triceps-dip
    b-stance-romanian-deadlift back-extension band-chest-press band-curl band-face-pull band-fly band-lateral-raise
    band-leg-curl band-overhead-press band-pull-through band-pulldown band-row band-triceps-extension barbell-clean
    barbell-lunge barbell-preacher-curl barbell-shrug barbell-snatch bayesian-cable-curl belt-squat
    bent-knee-calf-raise bent-over-dumbbell-row bicycle-crunch bird-dog box-jump box-step-up broad-jump burpee
    cable-chest-press cable-crossover cable-glute-kickback cable-hammer-curl cable-rear-delt-fly cable-shrug
    cable-wood-chop calf-press captains-chair-knee-raise chest-dip chest-supported-t-bar-row clean-and-jerk
    close-grip-bench-press close-grip-lat-pulldown concentration-curl crunch donkey-calf-raise dumbbell-deadlift
    dumbbell-floor-press dumbbell-fly dumbbell-lunge dumbbell-preacher-curl dumbbell-shrug dumbbell-skull-crusher
    dumbbell-squat exercise-ball-crunch exercise-ball-leg-curl ez-bar-overhead-triceps-extension
    ez-bar-preacher-curl ez-bar-skull-crusher farmers-carry front-squat glute-ham-raise hack-squat handstand-push-up
    hang-clean hanging-leg-raise high-to-low-cable-fly hollow-body-hold incline-barbell-bench-press
    incline-dumbbell-fly incline-dumbbell-lateral-raise incline-machine-chest-press incline-push-up
    iso-lateral-chest-press kettlebell-deadlift kettlebell-goblet-squat kettlebell-overhead-press kettlebell-row
    kettlebell-swing landmine-press lateral-bound low-to-high-cable-fly lying-leg-raise lying-rear-delt-raise
    machine-biceps-curl machine-crunch machine-dip machine-glute-kickback machine-high-row machine-hip-thrust
    machine-lat-pulldown machine-lateral-raise machine-low-row machine-preacher-curl machine-pullover machine-shrug
    machine-triceps-extension medicine-ball-chest-pass medicine-ball-overhead-throw medicine-ball-rotational-throw
    neutral-grip-pull-up pec-deck-fly pike-push-up pogo-jump power-clean rear-delt-row reverse-crunch
    reverse-snow-angel seated-barbell-calf-raise seated-barbell-overhead-press seated-cable-fly seated-calf-raise
    seated-dumbbell-calf-raise seated-dumbbell-curl single-arm-cable-row single-arm-lat-pulldown
    single-arm-triceps-pushdown single-leg-dumbbell-calf-raise single-leg-dumbbell-romanian-deadlift
    single-leg-hip-thrust smith-machine-bench-press smith-machine-calf-raise smith-machine-hip-thrust
    smith-machine-incline-bench-press smith-machine-overhead-press smith-machine-romanian-deadlift
    smith-machine-split-squat split-squat squat-jump standing-barbell-calf-raise standing-dumbbell-press
    standing-leg-curl straight-arm-pulldown suitcase-carry sumo-deadlift suspension-push-up t-bar-row trap-bar-carry
    triceps-dip underhand-lat-pulldown walking-lunge weighted-back-extension weighted-chin-up weighted-crunch
    weighted-dip weighted-plank weighted-pull-up weighted-push-up wide-grip-pull-up wide-grip-seated-cable-row
    """)
"""As good where the first is taken, or its equipment is not there."""
SECOND: Final = words("""
    assisted-nordic-hamstring-curl barbell-glute-bridge barbell-overhead-triceps-extension barbell-step-up
    barbell-thruster bear-crawl box-squat cable-hip-abduction cable-hip-adduction cable-pull-through cable-side-bend
    cable-skull-crusher clamshell clap-push-up clean-pull cossack-squat cross-body-cable-triceps-extension
    cross-body-hammer-curl curtsy-lunge decline-crunch decline-dumbbell-bench-press decline-dumbbell-fly
    decline-machine-chest-press decline-sit-up drag-curl dumbbell-snatch dumbbell-thruster
    exercise-ball-back-extension exercise-ball-pike ez-bar-reverse-curl fire-hydrant floor-press gorilla-row
    hang-snatch high-cable-curl incline-hammer-curl kettlebell-clean kettlebell-snatch lateral-lunge
    machine-torso-rotation meadows-row medicine-ball-russian-twist medicine-ball-slam pause-squat plank-shoulder-tap
    power-snatch preacher-hammer-curl push-jerk rack-pull reverse-grip-triceps-pushdown reverse-hyperextension
    scaption seal-row side-lying-leg-raise single-arm-cable-curl single-arm-dumbbell-bench-press
    single-arm-dumbbell-press single-arm-dumbbell-triceps-extension single-leg-leg-extension single-leg-leg-press
    sissy-squat smith-machine-row smith-machine-seated-calf-raise smith-machine-shrug snatch-pull split-jump
    stiff-leg-deadlift suspension-fallout suspension-knee-tuck toes-to-bar trap-bar-jump trap-bar-romanian-deadlift
    trap-bar-shrug tuck-jump v-up waiter-curl wall-ball weighted-sit-up wide-grip-bench-press wide-grip-push-up
    yates-row zottman-curl
    """)
"""Variations, single sides of what is done with both, lifts with a knack: rarely the first choice, and nothing that a
day is built around."""
SPECIALTIES: Final = words("""
    band-neck-extension band-neck-flexion barbell-front-raise barbell-good-morning barbell-pullover barbell-rollout
    barbell-upright-row behind-the-back-wrist-curl behind-the-neck-lat-pulldown behind-the-neck-press bench-dip
    bodyweight-triceps-extension bottoms-up-kettlebell-press bradford-press cable-front-raise cable-triceps-kickback
    cable-upright-row copenhagen-plank dead-hang decline-barbell-bench-press decline-push-up decline-weighted-crunch
    deficit-deadlift depth-jump diamond-push-up donkey-kick dragon-flag dumbbell-front-raise dumbbell-pullover
    dumbbell-reverse-wrist-curl dumbbell-side-bend dumbbell-tibialis-raise dumbbell-triceps-kickback
    dumbbell-upright-row dumbbell-wrist-curl flutter-kick frog-pump hanging-windshield-wiper heel-touch jm-press
    katana-triceps-extension kettlebell-windmill l-sit landmine-rotation lateral-band-walk lateral-neck-flexion
    machine-hip-abduction machine-hip-adduction machine-tibialis-raise muscle-snatch muscle-up neck-curl
    neck-extension nordic-hamstring-curl oblique-crunch overhead-barbell-sit-up overhead-squat pendlay-row
    pistol-squat plate-front-raise plate-pinch push-press renegade-row reverse-barbell-curl reverse-grip-bench-press
    reverse-wrist-curl rocking-barbell-calf-raise russian-twist seated-good-morning single-arm-push-up
    single-leg-tibialis-raise sit-up smith-machine-squat snatch-balance snatch-grip-deadlift spider-curl split-jerk
    spoto-press squeeze-press stir-the-pot superman suspension-biceps-curl suspension-dip svend-press tate-press
    tibialis-raise toe-touch turkish-get-up typewriter-pull-up underhand-inverted-row wall-handstand-hold wall-sit
    wall-sit-heel-raise wrist-curl wrist-roller wrist-rotation y-raise z-press zercher-squat
    """)
"""Made for a special purpose or a rare skill: not weighed where there are many others for the same muscles."""
PREPARATION: Final = words("""
    adductor-squeeze band-dorsiflexion band-external-rotation cable-external-rotation cable-internal-rotation
    cable-serratus-punch cuban-press dumbbell-external-rotation dumbbell-serratus-punch heel-walk
    isometric-neck-press jefferson-curl kettlebell-halo push-up-plus scapular-pull-up scapular-push-up wall-slide
    """)
"""Rotator cuff and shoulder blades, shins, stretches under load: drills, which would pass for work if only muscles were
counted. Nobody is given them unasked."""

_TABLES: Final[tuple[tuple[Standing, frozenset[str]], ...]] = (
    ("staple", STAPLES),
    ("second", SECOND),
    ("specialty", SPECIALTIES),
    ("preparation", PREPARATION),
)
_STANDINGS: Final[dict[str, Standing]] = {slug: standing for standing, table in _TABLES for slug in table}


def standing(exercise: CatalogueExercise) -> Standing:
    return _STANDINGS.get(exercise.slug, "solid")
